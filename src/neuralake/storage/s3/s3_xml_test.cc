#include "neuralake/storage/s3/s3_xml.h"

#include <gtest/gtest.h>

#include "neuralake/storage/aws/aws_xml.h"

namespace neuralake::storage {
namespace {

TEST(S3Xml, ReadsAListing) {
  const auto answer = ParseListAnswer(R"(<?xml version="1.0" encoding="UTF-8"?>
    <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
      <Name>b</Name><KeyCount>3</KeyCount><IsTruncated>true</IsTruncated>
      <NextContinuationToken>a&amp;b==</NextContinuationToken>
      <Contents><Key>z&lt;1&gt;</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified>
        <ETag>"fba9"</ETag><Size>434234</Size><Unknown><Deep/></Unknown></Contents>
      <Contents><Key>a b%20c</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified>
        <Size>0</Size></Contents>
      <CommonPrefixes><Prefix>m/</Prefix></CommonPrefixes>
    </ListBucketResult>)")
                          .value();
  ASSERT_EQ(answer.objects.size(), 3U);
  EXPECT_EQ(answer.objects[0].key, "a b%20c");
  EXPECT_EQ(answer.objects[1].key, "m/");
  EXPECT_TRUE(answer.objects[1].is_prefix);
  EXPECT_EQ(answer.objects[2].key, "z<1>");
  EXPECT_EQ(answer.objects[2].size, 434234U);
  EXPECT_EQ(answer.objects[2].etag, "fba9");
  EXPECT_EQ(answer.next, "a&b==");
}

TEST(S3Xml, DecodesKeysWhenTheAnswerSaysSo) {
  const auto answer = ParseListAnswer(
      "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
      "<Contents><Key>a+b%2Bc%2520%0A</Key><LastModified>2009-10-12T17:50:30Z</LastModified>"
      "<Size>1</Size></Contents></ListBucketResult>");
  EXPECT_EQ(answer.value().objects.at(0).key, "a b+c%20\n");
}

TEST(S3Xml, RefusesListingsThatLackSomething) {
  const std::string good =
      "<ListBucketResult><IsTruncated>true</IsTruncated>"
      "<NextContinuationToken>t</NextContinuationToken>"
      "<Contents><Key>k</Key><LastModified>2009-10-12T17:50:30Z</LastModified><Size>1</Size>"
      "</Contents></ListBucketResult>";
  ASSERT_TRUE(ParseListAnswer(good));
  for (const std::string& part :
       {std::string("<IsTruncated>true</IsTruncated>"), std::string("t</Next"),
        std::string("k</Key"), std::string("2009-"), std::string("1</Size"),
        std::string("</ListBucketResult>")}) {
    std::string bad = good;
    bad.erase(bad.find(part), part.starts_with('<') ? part.size() : 1);
    const auto answer = ParseListAnswer(bad);
    ASSERT_FALSE(answer) << part;
    EXPECT_EQ(answer.error().kind, ErrorKind::kCorruption) << part;
  }
  for (const auto* text : {"", "<", "<html/>", "<Error><Code>x</Code></Error>", "{}"}) {
    EXPECT_FALSE(ParseListAnswer(text)) << text;
  }
}

TEST(S3Xml, DoesNotExpandEntities) {
  const auto answer = ParseListAnswer(
      "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>"
      "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>&a;&f;</Key>"
      "<LastModified>2009-10-12T17:50:30Z</LastModified><Size>1</Size></Contents>"
      "</ListBucketResult>");
  EXPECT_EQ(answer.value().objects.at(0).key, "&a;&f;");
}

TEST(S3Xml, ReadsErrorsOfBothServices) {
  const ErrorAnswer s3 = ParseErrorAnswer(
      "<Error><Code>AuthorizationHeaderMalformed</Code><Message>no</Message>"
      "<Region>eu-west-1</Region></Error>");
  EXPECT_EQ(s3.code, "AuthorizationHeaderMalformed");
  EXPECT_EQ(s3.region, "eu-west-1");
  const ErrorAnswer sts = ParseErrorAnswer(
      "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code></Error></ErrorResponse>");
  EXPECT_EQ(sts.code, "AccessDenied");
  EXPECT_EQ(ParseErrorAnswer("<html>502</html>").code, "");
  EXPECT_EQ(ParseErrorAnswer("").code, "");
}

TEST(S3Xml, WritesACompletionThatItsEtagsCannotBreak) {
  EXPECT_EQ(WriteCompletion({"a", "b</ETag>"}),
            "<CompleteMultipartUpload>"
            "<Part><PartNumber>1</PartNumber><ETag>\"a\"</ETag></Part>"
            "<Part><PartNumber>2</PartNumber><ETag>\"b&lt;/ETag&gt;\"</ETag></Part>"
            "</CompleteMultipartUpload>");
}

TEST(S3Xml, ReadsUploads) {
  EXPECT_EQ(ParseUploadId("<InitiateMultipartUploadResult><UploadId>x</UploadId>"
                          "</InitiateMultipartUploadResult>")
                .value(),
            "x");
  EXPECT_FALSE(ParseUploadId("<InitiateMultipartUploadResult/>"));
  EXPECT_EQ(Unquoted("\"abc\""), "abc");
  EXPECT_EQ(Unquoted("abc"), "abc");
  EXPECT_EQ(Unquoted("\""), "\"");
}

}  // namespace
}  // namespace neuralake::storage
