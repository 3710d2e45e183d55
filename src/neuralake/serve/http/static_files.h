#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "neuralake/serve/http/message.h"

namespace neuralake::serve {

/// The file that `segments` name below `folder`, or an answer that says why not.
///
/// A folder gives its `index.html`. No way leads out of `folder`: parts with a slash, a backslash
/// or two points, hidden files, and links that point outside are not found. Blocks.
///
/// \param segments       of the path, decoded, behind the folder's own
/// \param if_none_match  of the request, for a 304
HttpResponse ServeFile(const std::string& folder, const std::vector<std::string>& segments,
                       std::string_view if_none_match, std::string_view request_id);

}  // namespace neuralake::serve
