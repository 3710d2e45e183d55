#include "neuralake/storage/http/http_message.h"

#include "neuralake/base/uri.h"

namespace neuralake::storage {

std::string_view HttpRequest::authority() const {
  const auto slashes = origin.find("://");
  return slashes == std::string::npos ? std::string_view()
                                      : std::string_view(origin).substr(slashes + 3);
}

std::string HttpRequest::EncodedQuery() const {
  // Sorted by plain name, which for the names in use is also the order of the encoded ones.
  std::string text;
  for (const auto& [name, value] : query) {
    if (!text.empty()) text += '&';
    text += PercentEncode(name) + '=' + PercentEncode(value);
  }
  return text;
}

std::string HttpRequest::Url() const {
  std::string url = origin + path;
  if (!query.empty()) url += '?' + EncodedQuery();
  return url;
}

std::string_view HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view() : found->second;
}

}  // namespace neuralake::storage
