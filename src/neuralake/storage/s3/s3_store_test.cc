#include "neuralake/storage/s3/s3_store.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "neuralake/storage/http/http_test_server.h"

namespace neuralake::storage {
namespace {

using Way = Reply::Way;

Reply ErrorReply(int status, const std::string& code, HttpHeaders headers = {}) {
  return {.status = status,
          .body = "<Error><Code>" + code + "</Code><Message>because</Message></Error>",
          .headers = std::move(headers)};
}

bool IsProbe(const SeenRequest& request) {
  return request.target.find("/_neuralake/probe/") != std::string::npos;
}

/// Probes as a server with put-if-absent answers them; `handler` gets the rest.
HttpTestServer::Handler BehindProbe(HttpTestServer::Handler handler) {
  auto puts = std::make_shared<std::atomic<int>>(0);
  return [=](const SeenRequest& request) -> Reply {
    if (!IsProbe(request)) return handler(request);
    if (request.method == "DELETE") return {.status = 204};
    return ++*puts == 1 ? Reply{} : ErrorReply(412, "PreconditionFailed");
  };
}

class S3StoreTest : public testing::Test {
 protected:
  void Serve(HttpTestServer::Handler handler) {
    server_ = std::make_unique<HttpTestServer>(std::move(handler));
    S3Options options;
    options.endpoint = server_->origin();
    options.credentials = FixedCredentials({"key", Secret("secret"), Secret()});
    options.clock = &clock_;
    options.rng = &rng_;
    options.metrics = &metrics_;
    store_ = S3Store::Open(Uri{"s3", "bucket", "root"}, options).value();
  }
  void ServeInOrder(std::vector<Reply> replies) { Serve(BehindProbe(InOrder(std::move(replies)))); }

  ErrorKind ReadKind() {
    auto read = store_->Read("key", deadline_);
    return read ? ErrorKind::kInternal : read.error().kind;
  }
  Status Create() { return store_->Put("key", "mine", PutMode::kIfAbsent, deadline_); }
  ErrorKind CreateKind() {
    const Status put = Create();
    return put ? ErrorKind::kInternal : put.error().kind;
  }
  std::size_t Asked() const {
    const auto seen = server_->seen();
    return static_cast<std::size_t>(
        std::count_if(seen.begin(), seen.end(), [](const auto& one) { return !IsProbe(one); }));
  }

  FakeClock clock_;
  SeededRng rng_{1};
  observe::Metrics metrics_;
  std::unique_ptr<HttpTestServer> server_;
  std::shared_ptr<S3Store> store_;
  Deadline deadline_ = Deadline::After(std::chrono::seconds(60), {}, clock_);
};

TEST_F(S3StoreTest, SignsAndNamesTheObjectByPath) {
  ServeInOrder({{.body = "bytes"}});
  EXPECT_EQ(store_->Read("a b/=é", deadline_).value(), "bytes");
  const SeenRequest seen = server_->seen().at(0);
  EXPECT_EQ(seen.target, "/bucket/root/a%20b/%3D%C3%A9");
  EXPECT_TRUE(seen.headers.at("authorization").starts_with("AWS4-HMAC-SHA256 Credential=key/"));
}

TEST_F(S3StoreTest, RepeatsWhatMayPass) {
  ServeInOrder({ErrorReply(503, "SlowDown"),
                ErrorReply(500, "InternalError"),
                {.status = 502},
                {.status = 429},
                {.way = Way::kClose},
                {.body = "12", .way = Way::kTruncate},
                {.body = "fine"}});
  EXPECT_EQ(store_->Read("key", deadline_).value(), "fine");
  // The broken kept connection is repeated below us.
  EXPECT_NE(metrics_.Expose().find("neuralake_s3_retries_total 5"), std::string::npos);
  EXPECT_NE(metrics_.Expose().find("status=\"503\""), std::string::npos);
}

TEST_F(S3StoreTest, GivesUpAfterItsAttempts) {
  ServeInOrder({ErrorReply(503, "SlowDown")});
  EXPECT_EQ(ReadKind(), ErrorKind::kUnavailable);
  EXPECT_EQ(Asked(), static_cast<std::size_t>(kAttemptsMax));
}

TEST_F(S3StoreTest, GivesUpWhenTheNextPauseWouldPassTheDeadline) {
  ServeInOrder({ErrorReply(503, "SlowDown", {{"retry-after", "10"}})});
  deadline_ = Deadline::After(std::chrono::seconds(25), {}, clock_);
  const auto read = store_->Read("key", deadline_);
  EXPECT_EQ(read.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(read.error().message.find("SlowDown: because (attempt 3"), std::string::npos)
      << read.error().message;
  EXPECT_EQ(Asked(), 3U);
}

TEST_F(S3StoreTest, DoesNotRepeatWhatStays) {
  const std::pair<Reply, ErrorKind> cases[] = {
      {ErrorReply(404, "NoSuchKey"), ErrorKind::kNotFound},
      {ErrorReply(404, "NoSuchBucket"), ErrorKind::kNotFound},
      {ErrorReply(403, "AccessDenied"), ErrorKind::kPermissionDenied},
      {ErrorReply(403, "SignatureDoesNotMatch"), ErrorKind::kUnauthenticated},
      {ErrorReply(400, "InvalidArgument"), ErrorKind::kInvalid},
      {ErrorReply(507, "XMinioStorageFull"), ErrorKind::kResourceExhausted},
      {{.status = 403}, ErrorKind::kPermissionDenied},
      {{.status = 404, .body = "<html>nginx"}, ErrorKind::kNotFound}};
  for (const auto& [reply, kind] : cases) {
    ServeInOrder({reply});
    EXPECT_EQ(ReadKind(), kind) << reply.status << reply.body;
    EXPECT_EQ(Asked(), 1U);
  }
}

TEST_F(S3StoreTest, FetchesCredentialsAnewOnceWhenTheyAreOver) {
  ServeInOrder({ErrorReply(400, "ExpiredToken"), {.body = "fine"}});
  EXPECT_EQ(store_->Read("key", deadline_).value(), "fine");
  ServeInOrder({ErrorReply(400, "ExpiredToken")});
  EXPECT_EQ(ReadKind(), ErrorKind::kUnauthenticated);
  EXPECT_EQ(Asked(), 2U);
}

TEST_F(S3StoreTest, NamesTheRegionOfABucketThatIsElsewhere) {
  ServeInOrder({{.status = 301, .headers = {{"x-amz-bucket-region", "eu-west-1"}}}});
  EXPECT_NE(store_->Read("key", deadline_).error().message.find("AWS_REGION=eu-west-1"),
            std::string::npos);
}

TEST_F(S3StoreTest, ACreateIsConditional) {
  ServeInOrder({{}});
  EXPECT_TRUE(Create());
  const auto seen = server_->seen();
  EXPECT_EQ(seen.back().headers.at("if-none-match"), "*");
  EXPECT_EQ(seen.back().body, "mine");
}

TEST_F(S3StoreTest, ATakenKeyIsAlreadyExists) {
  ServeInOrder({ErrorReply(412, "PreconditionFailed")});
  EXPECT_EQ(CreateKind(), ErrorKind::kAlreadyExists);
  EXPECT_EQ(Asked(), 1U);
}

TEST_F(S3StoreTest, ACreateIsSentAgainAfterARefusalOnly) {
  ServeInOrder({ErrorReply(409, "ConditionalRequestConflict"),
                ErrorReply(409, "OperationAborted"),
                ErrorReply(503, "SlowDown"),
                {.status = 429},
                {}});
  EXPECT_TRUE(Create());
  EXPECT_EQ(Asked(), 5U);
}

TEST_F(S3StoreTest, ACreateWithoutClearAnswerIsUnknownAndNotSentAgain) {
  const Reply unclear[] = {{.way = Way::kClose},
                           ErrorReply(500, "InternalError"),
                           {.status = 502},
                           {.status = 503, .body = "<html>upstream went away</html>"},
                           {.status = 504}};
  for (const auto& reply : unclear) {
    ServeInOrder({reply, ErrorReply(412, "PreconditionFailed")});
    EXPECT_EQ(CreateKind(), ErrorKind::kUnknownOutcome) << reply.status;
    EXPECT_EQ(Asked(), 1U) << reply.status;
  }
}

TEST_F(S3StoreTest, ACreateThatTheDeadlineCutsIsUnknown) {
  ServeInOrder({{.way = Way::kHang}});
  ASSERT_TRUE(store_->Probe(deadline_));
  deadline_ = Deadline::After(std::chrono::milliseconds(100));
  EXPECT_EQ(CreateKind(), ErrorKind::kUnknownOutcome);
}

TEST_F(S3StoreTest, ACreateThatNeverLeftIsUnavailable) {
  ServeInOrder({{}});
  ASSERT_TRUE(store_->Probe(deadline_));
  server_.reset();
  EXPECT_EQ(CreateKind(), ErrorKind::kUnavailable);
}

TEST_F(S3StoreTest, ProbesOnceBeforeTheFirstCreateAndNotForReaders) {
  ServeInOrder({{}});
  ASSERT_TRUE(store_->Read("key", deadline_));
  ASSERT_TRUE(store_->Put("key", "", PutMode::kOverwrite, deadline_));
  EXPECT_EQ(server_->seen().size(), 2U);
  ASSERT_TRUE(Create());
  EXPECT_EQ(server_->seen().size(), 6U);
  ASSERT_TRUE(Create());
  EXPECT_EQ(server_->seen().size(), 7U);
  EXPECT_TRUE(server_->seen()[2].target.starts_with("/bucket/root/_neuralake/probe/"));
}

TEST_F(S3StoreTest, RefusesAStoreThatIgnoresTheCondition) {
  Serve(InOrder({{}}));
  const Status put = Create();
  EXPECT_EQ(put.error().kind, ErrorKind::kUnsupported);
  EXPECT_NE(put.error().message.find("a second create of the same key succeeded too"),
            std::string::npos);
  const auto asked = server_->seen().size();
  EXPECT_EQ(CreateKind(), ErrorKind::kUnsupported);
  EXPECT_EQ(server_->seen().size(), asked);
}

TEST_F(S3StoreTest, RefusesAStoreThatDoesNotKnowTheCondition) {
  Serve(InOrder({ErrorReply(501, "NotImplemented")}));
  EXPECT_EQ(CreateKind(), ErrorKind::kUnsupported);
}

TEST_F(S3StoreTest, AProbeThatFailsInPassingIsMadeAgain) {
  auto is_first = std::make_shared<std::atomic<bool>>(true);
  Serve([=, inner = BehindProbe(InOrder({{}}))](const SeenRequest& request) -> Reply {
    return is_first->exchange(false) ? Reply{.way = Way::kClose} : inner(request);
  });
  EXPECT_EQ(CreateKind(), ErrorKind::kUnavailable);
  EXPECT_TRUE(Create());
}

TEST_F(S3StoreTest, TakesTheRangeOutOfAWholeObject) {
  ServeInOrder({{.body = "0123456789"}});
  EXPECT_EQ(store_->ReadRange("key", 2, 3, deadline_).value(), "234");
  EXPECT_EQ(store_->ReadRange("key", 12, 3, deadline_).value(), "");
}

TEST_F(S3StoreTest, RefusesAnotherRangeThanItAskedFor) {
  ServeInOrder({{.status = 206, .body = "0123", .headers = {{"content-range", "bytes 0-3/10"}}}});
  EXPECT_EQ(store_->ReadRange("key", 2, 4, deadline_).error().kind, ErrorKind::kCorruption);
}

TEST_F(S3StoreTest, RefusesListingsThatAreNotWhatItAskedFor) {
  const auto page = [](const std::string& inside) {
    return Reply{.body = "<ListBucketResult><IsTruncated>false</IsTruncated>" + inside +
                         "</ListBucketResult>"};
  };
  ServeInOrder(
      {page("<Contents><Key>elsewhere/x</Key><Size>1</Size>"
            "<LastModified>2024-01-01T00:00:00Z</LastModified></Contents>")});
  EXPECT_EQ(store_->List({}, deadline_).error().kind, ErrorKind::kCorruption);
  ServeInOrder({{.body = "<ListBucketResult><IsTruncated>true</IsTruncated>"
                         "<NextContinuationToken>t</NextContinuationToken></ListBucketResult>"}});
  EXPECT_EQ(ListAll(*store_, {}, deadline_).error().kind, ErrorKind::kCorruption);
  ServeInOrder({{.body = "<ListBucketResult><IsTrunc"}});
  EXPECT_EQ(store_->List({}, deadline_).error().kind, ErrorKind::kCorruption);
}

TEST_F(S3StoreTest, LeavesOutFolderMarkers) {
  const auto object = [](const std::string& key) {
    return "<Contents><Key>" + key +
           "</Key><Size>0</Size><ETag>&quot;e&quot;</ETag>"
           "<LastModified>2024-01-01T00:00:00Z</LastModified></Contents>";
  };
  ServeInOrder({{.body = "<ListBucketResult><IsTruncated>false</IsTruncated>" + object("root/") +
                         object("root/a/") + object("root/a/b") + "</ListBucketResult>"}});
  const auto objects = ListAll(*store_, {}, deadline_).value();
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_EQ(objects[0].key, "a/b");
  EXPECT_EQ(objects[0].etag, "e");
}

TEST_F(S3StoreTest, NoMessageHoldsTheSecret) {
  ServeInOrder({ErrorReply(403, "SignatureDoesNotMatch")});
  const auto read = store_->Read("key", deadline_);
  EXPECT_EQ(read.error().message.find("secret"), std::string::npos);
  EXPECT_EQ(metrics_.Expose().find("secret"), std::string::npos);
}

TEST_F(S3StoreTest, PutsTheBucketIntoTheHostWhenTold) {
  ServeInOrder({{.body = "fine"}});
  const std::string port = server_->origin().substr(server_->origin().rfind(':'));
  S3Options options;
  options.endpoint = "http://localhost" + port;
  options.path_style = false;
  options.credentials = FixedCredentials({"key", Secret("secret"), Secret()});
  const auto store = S3Store::Open(Uri{"s3", "bucket", ""}, options).value();
  EXPECT_EQ(store->Read("key", deadline_).value(), "fine");
  EXPECT_EQ(server_->seen().at(0).target, "/key");
  EXPECT_EQ(server_->seen().at(0).headers.at("host"), "bucket.localhost" + port);
}

TEST(S3StoreOpen, RefusesWhatIsNoBucket) {
  EXPECT_TRUE(S3Store::Open(Uri{"s3", "a-good.name_1", ""}, {}));
  for (const auto* bucket : {"ab", "bad/name", "evil@host", "a b c"}) {
    EXPECT_FALSE(S3Store::Open(Uri{"s3", bucket, ""}, {})) << bucket;
  }
}

// The multipart upload, against a server that plays its part.
class S3UploadTest : public S3StoreTest {
 protected:
  static constexpr std::size_t kPart = 8 << 20;

  /// `complete` answers the end of the upload; everything else goes well.
  void ServeUpload(HttpTestServer::Handler complete) {
    Serve([this, complete = std::move(complete)](const SeenRequest& request) -> Reply {
      if (request.method == "POST" && request.target.ends_with("?uploads=")) {
        token_ = request.headers.at("x-amz-meta-neuralake-upload");
        return {.body =
                    "<InitiateMultipartUploadResult><UploadId>u/1</UploadId>"
                    "</InitiateMultipartUploadResult>"};
      }
      if (request.method == "PUT") return {.headers = {{"etag", "\"part\""}}};
      if (request.method == "DELETE") return {.status = 204};
      return complete(request);
    });
  }

  Result<ObjectInfo> UploadTwoParts() {
    auto upload = TRY(store_->StartUpload("key", deadline_));
    TRY(upload->Write(std::string(kPart + 1, 'x'), deadline_));
    return upload->Finish(deadline_);
  }
  std::vector<std::string> Methods() const {
    std::vector<std::string> methods;
    for (const auto& one : server_->seen()) methods.push_back(one.method);
    return methods;
  }

  static Reply Completed() {
    return {.body =
                "<CompleteMultipartUploadResult><ETag>\"whole-2\"</ETag>"
                "</CompleteMultipartUploadResult>"};
  }
  using Methods_ = std::vector<std::string>;

  std::string token_;
};

TEST_F(S3UploadTest, SendsPartsAndEndsOnce) {
  ServeUpload(InOrder({Completed()}));
  const ObjectInfo info = UploadTwoParts().value();
  EXPECT_EQ(info.size, kPart + 1);
  EXPECT_EQ(info.etag, "whole-2");
  EXPECT_EQ(Methods(), (Methods_{"POST", "PUT", "PUT", "POST"}));
  EXPECT_EQ(server_->seen()[1].target, "/bucket/root/key?partNumber=1&uploadId=u%2F1");
  EXPECT_EQ(server_->seen()[1].body.size(), kPart);
  EXPECT_EQ(server_->seen()[2].body.size(), 1U);
}

TEST_F(S3UploadTest, WhatFitsIntoOnePartIsAPlainPut) {
  ServeUpload(InOrder({Completed()}));
  auto upload = store_->StartUpload("key", deadline_).value();
  ASSERT_TRUE(upload->Write(std::string(kPart, 'x'), deadline_));
  ASSERT_TRUE(upload->Finish(deadline_));
  EXPECT_EQ(Methods(), Methods_{"PUT"});
}

TEST_F(S3UploadTest, AnErrorBehindASuccessIsRepeated) {
  ServeUpload(InOrder({ErrorReply(200, "InternalError"), Completed()}));
  EXPECT_EQ(UploadTwoParts().value().etag, "whole-2");
}

TEST_F(S3UploadTest, ALostAnswerToTheEndIsSettledByTheToken) {
  auto ends = std::make_shared<std::atomic<int>>(0);
  ServeUpload([this, ends](const SeenRequest& request) -> Reply {
    if (request.method == "HEAD") {
      return {.headers = {{"x-amz-meta-neuralake-upload", token_}, {"etag", "\"own\""}}};
    }
    return ++*ends == 1 ? Reply{.way = Way::kClose} : ErrorReply(404, "NoSuchUpload");
  });
  EXPECT_EQ(UploadTwoParts().value().etag, "own");
}

TEST_F(S3UploadTest, AnUploadThatSomebodyEndedIsNotTakenForOurs) {
  ServeUpload([](const SeenRequest& request) -> Reply {
    if (request.method == "HEAD") return {.headers = {{"x-amz-meta-neuralake-upload", "other"}}};
    return ErrorReply(404, "NoSuchUpload");
  });
  EXPECT_EQ(UploadTwoParts().error().kind, ErrorKind::kNotFound);
}

TEST_F(S3UploadTest, IsAbortedWithoutItsEnd) {
  ServeUpload(InOrder({Completed()}));
  {
    auto upload = store_->StartUpload("key", deadline_).value();
    ASSERT_TRUE(upload->Write(std::string(kPart + 1, 'x'), deadline_));
  }
  EXPECT_EQ(Methods(), (Methods_{"POST", "PUT", "DELETE"}));
  EXPECT_EQ(server_->seen().back().target, "/bucket/root/key?uploadId=u%2F1");
}

}  // namespace
}  // namespace neuralake::storage
