#include "neuralake/storage/s3/s3_xml.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <pugixml.hpp>

#include "neuralake/base/uri.h"
#include "neuralake/storage/aws/aws_xml.h"
#include "neuralake/storage/aws/time_text.h"

namespace neuralake::storage {
namespace {

/// A key of a listing with `encoding-type=url`: percent-encoded, a blank as `+`.
std::string DecodeKey(std::string_view text, bool is_encoded) {
  if (!is_encoded) return std::string(text);
  std::string plus_free(text);
  std::replace(plus_free.begin(), plus_free.end(), '+', ' ');
  return PercentDecode(plus_free);
}

std::optional<std::uint64_t> ParseSize(std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (failure != std::errc() || end != text.data() + text.size()) return {};
  return size;
}

Result<ObjectInfo> ParseObject(const pugi::xml_node& node, bool is_encoded) {
  ObjectInfo object;
  object.key = DecodeKey(node.child_value("Key"), is_encoded);
  const auto size = ParseSize(node.child_value("Size"));
  const auto modified = ParseIsoTime(node.child_value("LastModified"));
  if (object.key.empty()) return MalformedAnswer("an object without Key");
  if (!size) return MalformedAnswer("object " + object.key + " without Size");
  if (!modified) return MalformedAnswer("object " + object.key + " without LastModified");
  object.size = *size;
  object.modified = *modified;
  object.etag = Unquoted(node.child_value("ETag"));
  return object;
}

}  // namespace

Result<ListAnswer> ParseListAnswer(std::string_view xml) {
  pugi::xml_document document;
  TRY(LoadXml(document, xml, "ListBucketResult"));
  const pugi::xml_node root = document.child("ListBucketResult");
  const bool is_encoded = std::string_view(root.child_value("EncodingType")) == "url";
  ListAnswer answer;
  for (const auto& node : root.children("Contents")) {
    answer.objects.push_back(TRY(ParseObject(node, is_encoded)));
  }
  for (const auto& node : root.children("CommonPrefixes")) {
    ObjectInfo prefix;
    prefix.key = DecodeKey(node.child_value("Prefix"), is_encoded);
    prefix.is_prefix = true;
    if (prefix.key.empty()) return MalformedAnswer("an empty common prefix");
    answer.objects.push_back(std::move(prefix));
  }
  std::sort(answer.objects.begin(), answer.objects.end(),
            [](const ObjectInfo& a, const ObjectInfo& b) { return a.key < b.key; });
  const std::string_view truncated = root.child_value("IsTruncated");
  if (truncated != "true" && truncated != "false") return MalformedAnswer("no IsTruncated");
  if (truncated == "true") {
    answer.next = root.child_value("NextContinuationToken");
    if (answer.next.empty()) return MalformedAnswer("a truncated listing without its next token");
  }
  return answer;
}

Result<std::string> ParseUploadId(std::string_view xml) {
  constexpr auto* kRoot = "InitiateMultipartUploadResult";
  pugi::xml_document document;
  TRY(LoadXml(document, xml, kRoot));
  std::string id = document.child(kRoot).child_value("UploadId");
  if (id.empty()) return MalformedAnswer("no UploadId");
  return id;
}

Result<std::string> ParseCompletedEtag(std::string_view xml) {
  constexpr auto* kRoot = "CompleteMultipartUploadResult";
  pugi::xml_document document;
  TRY(LoadXml(document, xml, kRoot));
  return Unquoted(document.child(kRoot).child_value("ETag"));
}

std::string WriteCompletion(const std::vector<std::string>& etags) {
  std::string body = "<CompleteMultipartUpload>";
  for (std::size_t i = 0; i < etags.size(); ++i) {
    // An etag is opaque: what could end the element is left to the writer of XML.
    pugi::xml_document part;
    auto node = part.append_child("Part");
    node.append_child("PartNumber").text().set(static_cast<unsigned>(i + 1));
    node.append_child("ETag").text().set(('"' + etags[i] + '"').c_str());
    struct Append final : pugi::xml_writer {
      explicit Append(std::string& to) : to_(to) {}
      void write(const void* data, std::size_t size) override {
        to_.append(static_cast<const char*>(data), size);
      }
      std::string& to_;
    } append(body);
    part.save(append, "", pugi::format_raw | pugi::format_no_declaration);
  }
  return body + "</CompleteMultipartUpload>";
}

std::string Unquoted(std::string_view etag) {
  if (etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"')) {
    etag = etag.substr(1, etag.size() - 2);
  }
  return std::string(etag);
}

}  // namespace neuralake::storage
