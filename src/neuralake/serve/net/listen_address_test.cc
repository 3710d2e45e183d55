#include "neuralake/serve/net/listen_address.h"

#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

TEST(ListenAddress, AcceptsOnlyLoopback) {
  EXPECT_EQ(ParseListenAddress("127.0.0.1").value(), "127.0.0.1");
  EXPECT_EQ(ParseListenAddress("localhost").value(), "127.0.0.1");
  EXPECT_EQ(ParseListenAddress("127.8.8.8").value(), "127.8.8.8");
  EXPECT_EQ(ParseListenAddress("::1").value(), "::1");
  EXPECT_EQ(ParseListenAddress("0.0.0.0").error().kind, ErrorKind::kPermissionDenied);
  EXPECT_EQ(ParseListenAddress("10.0.0.1").error().kind, ErrorKind::kPermissionDenied);
  EXPECT_EQ(ParseListenAddress("::").error().kind, ErrorKind::kPermissionDenied);
  EXPECT_EQ(ParseListenAddress("::ffff:127.0.0.1").error().kind, ErrorKind::kPermissionDenied);
  EXPECT_EQ(ParseListenAddress("example.org").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(ParseListenAddress("").error().kind, ErrorKind::kInvalid);
}

TEST(LoopbackHost, LooksAtTheNameWithoutItsPort) {
  EXPECT_TRUE(IsLoopbackHost("127.0.0.1:8080"));
  EXPECT_TRUE(IsLoopbackHost("LOCALHOST"));
  EXPECT_TRUE(IsLoopbackHost("lake.localhost:1"));
  EXPECT_TRUE(IsLoopbackHost("[::1]:8080"));
  EXPECT_TRUE(IsLoopbackHost("[::1]"));
  EXPECT_FALSE(IsLoopbackHost("evil.example"));
  EXPECT_FALSE(IsLoopbackHost("127.0.0.1.evil.example"));
  EXPECT_FALSE(IsLoopbackHost("localhost.evil.example:8080"));
  EXPECT_FALSE(IsLoopbackHost(""));
  EXPECT_FALSE(IsLoopbackHost("["));
}

}  // namespace
}  // namespace neuralake::serve
