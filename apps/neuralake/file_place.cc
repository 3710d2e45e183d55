#include "file_place.h"

#include "neuralake/base/uri.h"

namespace neuralake::app {

Result<FilePlace> Locate(const std::string& location) {
  Uri folder = TRY(Uri::Parse(location));
  const auto slash = folder.path.rfind('/');
  const std::string name = slash == std::string::npos ? folder.path : folder.path.substr(slash + 1);
  folder.path.erase(slash == std::string::npos ? 0 : slash);
  if (folder.scheme == "file" && folder.path.empty()) folder.path = "/";
  return FilePlace{TRY(storage::OpenStore(folder)), name};
}

}  // namespace neuralake::app
