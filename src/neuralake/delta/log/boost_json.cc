// The one place where Boost.JSON, which is used header-only, becomes code.
#include <boost/json/src.hpp>
