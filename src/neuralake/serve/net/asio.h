#pragma once

// The one place through which this room sees Asio and Beast: precompiled.

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace neuralake::serve {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;
using boost::asio::ip::tcp;

}  // namespace neuralake::serve
