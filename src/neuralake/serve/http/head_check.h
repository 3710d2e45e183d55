#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace neuralake::serve {

/// Why a request head is refused, before anything of it is believed.
struct HeadFault {
  int status = 400;
  std::string message;
};

/// Look at the raw head of a request, from its first byte to the blank line, more strictly than the
/// library that parses it next: what two parsers could read differently is refused.
///
/// Refused are line ends other than CRLF, folded fields, blanks before a colon, control
/// characters, versions but 1.0 and 1.1, methods that we do not have (`TRACE`, `CONNECT`), both
/// `Content-Length` and `Transfer-Encoding`, codings but `chunked`, a missing or second `Host`, a
/// second `Content-Type`.
///
/// \param head  ends with an empty line; at most `kHeaderBytesMax` bytes
/// \returns nothing when all is well
/// \source RFC 9112, sections 2.2, 3, 5.1, 5.2, 6.1, 6.3
std::optional<HeadFault> CheckHead(std::string_view head);

}  // namespace neuralake::serve
