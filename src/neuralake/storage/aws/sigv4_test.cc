#include "neuralake/storage/aws/sigv4.h"

#include <gtest/gtest.h>

#include "neuralake/storage/aws/time_text.h"

namespace neuralake::storage {
namespace {

// The examples of the S3 API reference, "Signature Calculations for the Authorization Header".
class S3Examples : public testing::Test {
 protected:
  static constexpr std::string_view kSignature = "Signature=";

  S3Examples() { request_.origin = "https://examplebucket.s3.amazonaws.com"; }

  std::string Signature() {
    Sign(request_, credentials_, {"us-east-1", "s3"}, *ParseIsoTime("2013-05-24T00:00:00Z"));
    const std::string& text = request_.headers["authorization"];
    return text.substr(text.find(kSignature) + kSignature.size());
  }

  HttpRequest request_;
  Credentials credentials_{"AKIAIOSFODNN7EXAMPLE",
                           Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), Secret()};
};

TEST_F(S3Examples, GetObject) {
  request_.path = "/test.txt";
  request_.headers["range"] = "bytes=0-9";
  EXPECT_EQ(Signature(), "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  EXPECT_EQ(request_.headers["authorization"],
            "AWS4-HMAC-SHA256 "
            "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_F(S3Examples, PutObject) {
  request_.method = "PUT";
  request_.path = "/test%24file.text";
  request_.headers["date"] = "Fri, 24 May 2013 00:00:00 GMT";
  request_.headers["x-amz-storage-class"] = "REDUCED_REDUNDANCY";
  request_.body = "Welcome to Amazon S3.";
  EXPECT_EQ(Signature(), "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  EXPECT_EQ(request_.headers["x-amz-content-sha256"],
            "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
}

TEST_F(S3Examples, GetBucketLifecycle) {
  request_.query = {{"lifecycle", ""}};
  EXPECT_EQ(Signature(), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST_F(S3Examples, ListObjects) {
  request_.query = {{"prefix", "J"}, {"max-keys", "2"}};
  EXPECT_EQ(Signature(), "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST_F(S3Examples, SigningAgainGivesTheSameSignature) {
  request_.path = "/test.txt";
  const std::string first = Signature();
  EXPECT_EQ(Signature(), first);
}

TEST_F(S3Examples, TheSessionTokenIsSigned) {
  const std::string without = Signature();
  credentials_.session_token = Secret("token");
  EXPECT_NE(Signature(), without);
  EXPECT_NE(request_.headers["authorization"].find(";x-amz-security-token,"), std::string::npos);
  credentials_.session_token = Secret();
  EXPECT_EQ(Signature(), without);
}

// `get-vanilla` of the AWS Signature Version 4 test suite.
TEST(Sigv4, SignsOtherServicesWithoutTheHeadersOfS3) {
  HttpRequest request;
  request.origin = "https://example.amazonaws.com";
  const Credentials credentials{"AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                                Secret()};
  Sign(request, credentials, {"us-east-1", "service"}, *ParseIsoTime("2015-08-30T12:36:00Z"));
  EXPECT_EQ(request.headers["authorization"],
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date, "
            "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST(TimeText, ReadsAndWritesTimes) {
  const auto time = ParseIsoTime("2009-10-12T17:50:30.25Z");
  ASSERT_TRUE(time);
  EXPECT_EQ(AmzDate(*time), "20091012T175030Z");
  EXPECT_EQ(time->time_since_epoch().count() % 1000, 250);
  EXPECT_EQ(ParseIsoTime("2009-10-12T17:50:30Z"), ParseHttpTime("Mon, 12 Oct 2009 17:50:30 GMT"));
  EXPECT_EQ(AmzDate(*ParseIsoTime("2024-02-29T23:59:59.999999999Z")), "20240229T235959Z");
}

TEST(TimeText, RefusesWhatIsNoTime) {
  for (const auto* text :
       {"", "2009", "2009-10-12", "2009-10-12T17:50:30", "2009-13-12T17:50:30Z",
        "2023-02-29T00:00:00Z", "2009-10-12T24:50:30Z", "2009-10-12T17:50:30.Z",
        "2009-10-12T17:50:30.xZ", "2009-10-12 17:50:30Z", "-009-10-12T17:50:30Z"}) {
    EXPECT_FALSE(ParseIsoTime(text)) << text;
  }
  EXPECT_FALSE(ParseHttpTime("soon"));
}

}  // namespace
}  // namespace neuralake::storage
