#include "neuralake/serve/http/head_check.h"

#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

/// The status with which a head is refused; 0 when it is not.
int Status(std::string_view head) {
  const auto fault = CheckHead(head);
  return fault ? fault->status : 0;
}

std::string Get(std::string_view fields) {
  return "GET / HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n";
}

TEST(CheckHead, LetsOrdinaryRequestsPass) {
  EXPECT_EQ(Status("GET /a?b=c HTTP/1.1\r\nHost: localhost:8080\r\nAccept: */*\r\n\r\n"), 0);
  EXPECT_EQ(Status("POST / HTTP/1.1\r\nhost: x\r\nContent-Length: 12\r\n\r\n"), 0);
  EXPECT_EQ(Status("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"), 0);
  EXPECT_EQ(Status("GET / HTTP/1.0\r\n\r\n"), 0);
  EXPECT_EQ(Status(Get("X-Empty:\r\nX-Tab:\ta\tb\r\n")), 0);
}

TEST(CheckHead, RefusesAmbiguousLengths) {
  EXPECT_EQ(Status(Get("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(Status(Get("Content-Length: 1\r\nContent-Length: 1\r\n")), 400);
  EXPECT_EQ(Status(Get("Content-Length: +1\r\n")), 400);
  EXPECT_EQ(Status(Get("Content-Length: 0x1\r\n")), 400);
  EXPECT_EQ(Status(Get("Content-Length: 1, 1\r\n")), 400);
  EXPECT_EQ(Status(Get("Content-Length: 9999999999999999999\r\n")), 400);
  EXPECT_EQ(Status(Get("Content-Length: \r\n")), 400);
  EXPECT_EQ(Status(Get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(Status(Get("Transfer-Encoding: gzip, chunked\r\n")), 501);
  EXPECT_EQ(Status(Get("Transfer-Encoding: xchunked\r\n")), 501);
  EXPECT_EQ(Status("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(CheckHead, RefusesOtherLineEnds) {
  EXPECT_EQ(Status("GET / HTTP/1.1\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(Status("GET / HTTP/1.1\r\nHost: x\n\r\n"), 400);
  EXPECT_EQ(Status("GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n"), 400);
  EXPECT_EQ(Status("GET / HTTP/1.1\r\nHost: x"), 400);
}

TEST(CheckHead, RefusesFoldedAndMisspelledFields) {
  EXPECT_EQ(Status(Get("A: b\r\n c\r\n")), 400);
  EXPECT_EQ(Status(Get("A : b\r\n")), 400);
  EXPECT_EQ(Status(Get("no colon\r\n")), 400);
  EXPECT_EQ(Status(Get(": b\r\n")), 400);
  EXPECT_EQ(Status(Get(std::string_view("A: \0\r\n", 6))), 400);
}

TEST(CheckHead, RefusesASecondContentType) {
  EXPECT_EQ(Status(Get("Content-Type: application/json\r\n")), 0);
  EXPECT_EQ(Status(Get("Content-Type: application/json\r\ncontent-type: text/plain\r\n")), 400);
}

TEST(CheckHead, WantsExactlyOneHost) {
  EXPECT_EQ(Status("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(Status("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
}

TEST(CheckHead, RefusesOtherRequestLines) {
  EXPECT_EQ(Status("TRACE / HTTP/1.1\r\nHost: x\r\n\r\n"), 501);
  EXPECT_EQ(Status("get / HTTP/1.1\r\nHost: x\r\n\r\n"), 501);
  EXPECT_EQ(Status("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), 505);
  EXPECT_EQ(Status("GET  / HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(Status("GET /\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(Status("GET http://evil/ HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(Status("GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
  EXPECT_EQ(Status("GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n"), 414);
}

TEST(CheckHead, BoundsTheNumberOfFields) {
  std::string fields;
  for (int i = 0; i < 101; ++i) fields += "A: b\r\n";
  EXPECT_EQ(Status(Get(fields)), 431);
}

}  // namespace
}  // namespace neuralake::serve
