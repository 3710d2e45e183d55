// Whatever a client of the Postgres protocol sends is a message or an error. The first byte is the
// type of a message; behind 0 comes the first one of a connection, which has none.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "neuralake/serve/pgwire/messages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 0) {
    (void)neuralake::serve::ParseFirstMessage(body);
  } else {
    (void)neuralake::serve::ParseMessage(static_cast<char>(data[0]), body);
  }
  return 0;
}
