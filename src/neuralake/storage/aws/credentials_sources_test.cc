#include "neuralake/storage/aws/credentials_sources.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/storage/http/http_test_server.h"
#include "neuralake/storage/s3/s3_options.h"

namespace neuralake::storage {
namespace {

using testing::HasSubstr;
using Way = Reply::Way;

constexpr const char* kExpiration = "2123-11-14T22:13:20Z";

class DefaultCredentialsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("neuralake-aws-" + std::to_string(SystemRng::Get().Next()));
    std::filesystem::create_directories(folder_);
    // No test may ask the metadata service of the machine that it runs on.
    environment_["AWS_EC2_METADATA_DISABLED"] = "true";
    environment_["HOME"] = folder_;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string File(const std::string& name, const std::string& text) {
    const auto path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path;
  }

  Result<Credentials> Get() {
    const S3Options options = TRY(S3Options::FromEnvironment(environment_, clock_, rng_));
    return options.credentials->Get(deadline_);
  }
  /// `key secret token`, or what went wrong.
  std::string Text() {
    const auto credentials = Get();
    if (!credentials) return Describe(credentials.error());
    return credentials->access_key_id + " " + credentials->secret_access_key.Reveal() + " " +
           credentials->session_token.Reveal();
  }

  static std::string StsAnswer(const std::string& action) {
    return "<" + action + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" +
           action +
           "Result><Credentials><AccessKeyId>rolekey</AccessKeyId><SecretAccessKey>"
           "rolesecret</SecretAccessKey><SessionToken>roletoken</SessionToken><Expiration>" +
           kExpiration + "</Expiration></Credentials></" + action + "Result></" + action +
           "Response>";
  }
  static std::string JsonAnswer() {
    return std::string(R"({"Code":"Success","AccessKeyId":"jk","SecretAccessKey":"js",)") +
           R"("Token":"jt","Expiration":")" + kExpiration + "\"}";
  }

  std::filesystem::path folder_;
  Environment environment_;
  FakeClock clock_;
  SeededRng rng_{3};
  Deadline deadline_ = Deadline::After(std::chrono::seconds(60), {}, clock_);
};

TEST_F(DefaultCredentialsTest, TheEnvironmentComesFirst) {
  File(".aws/credentials", "[default]\naws_access_key_id=pk\naws_secret_access_key=ps\n");
  environment_["AWS_ACCESS_KEY_ID"] = "ek";
  environment_["AWS_SECRET_ACCESS_KEY"] = "es";
  EXPECT_EQ(Text(), "ek es ");
  environment_["AWS_SESSION_TOKEN"] = "et";
  EXPECT_EQ(Text(), "ek es et");
}

TEST_F(DefaultCredentialsTest, HalfAKeyIsAMistake) {
  environment_["AWS_ACCESS_KEY_ID"] = "ek";
  EXPECT_THAT(Text(), HasSubstr("AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY"));
}

TEST_F(DefaultCredentialsTest, NothingAnywhereNamesWhatWasAsked) {
  const std::string text = Text();
  for (const auto* part : {"unauthenticated: ", "environment: ", "web identity: ",
                           "profile default: ", "container: ", "instance metadata: "}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST_F(DefaultCredentialsTest, ReadsTheDefaultProfile) {
  File(".aws/credentials",
       "# comment\n[other]\naws_access_key_id = ok\n\n[default]\naws_access_key_id = pk\n"
       "aws_secret_access_key = p/s+=\n; comment\naws_session_token=pt\n");
  EXPECT_EQ(Text(), "pk p/s+= pt");
}

TEST_F(DefaultCredentialsTest, ReadsTheNamedProfileFromBothFiles) {
  environment_["AWS_PROFILE"] = "team";
  environment_["AWS_CONFIG_FILE"] =
      File("conf",
           "[default]\nregion = r0\n[profile team]\nregion = eu-west-3\n"
           "aws_access_key_id = old\ns3 =\n  addressing_style = virtual\n"
           "endpoint_url = http://127.0.0.1:9/\n[sso-session x]\nregion = r1\n");
  environment_["AWS_SHARED_CREDENTIALS_FILE"] =
      File("keys", "[team]\naws_access_key_id = tk\naws_secret_access_key = ts\n");
  EXPECT_EQ(Text(), "tk ts ");
  const auto options = S3Options::FromEnvironment(environment_).value();
  EXPECT_EQ(options.region, "eu-west-3");
  EXPECT_EQ(options.endpoint, "http://127.0.0.1:9");
  EXPECT_EQ(options.path_style, false);
}

TEST_F(DefaultCredentialsTest, RefusesAProfileThatIsNotThere) {
  environment_["AWS_PROFILE"] = "nobody";
  EXPECT_THAT(Text(), HasSubstr("AWS_PROFILE names nobody"));
}

TEST_F(DefaultCredentialsTest, RefusesFilesThatCannotBeRead) {
  environment_["AWS_CONFIG_FILE"] = folder_ / "none";
  EXPECT_THAT(Text(), HasSubstr("AWS_CONFIG_FILE: cannot read"));
  environment_["AWS_CONFIG_FILE"] = File("bad", "[default]\nregion\n");
  EXPECT_THAT(Text(), HasSubstr("the AWS config file, line 2: not `key = value`"));
}

TEST_F(DefaultCredentialsTest, RefusesWhatItCannotDoByName) {
  File(".aws/config", "[default]\ncredential_process = /bin/thing\n");
  EXPECT_THAT(Text(), HasSubstr("unsupported: credentials from profile default: "
                                "credential_process is not supported"));
}

TEST_F(DefaultCredentialsTest, TakesARoleByWebIdentity) {
  const HttpTestServer sts(InOrder({{.body = StsAnswer("AssumeRoleWithWebIdentity")}}));
  environment_["AWS_ENDPOINT_URL_STS"] = sts.origin();
  environment_["AWS_WEB_IDENTITY_TOKEN_FILE"] = File("token", "t.o/k=en\n");
  environment_["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/r";
  environment_["AWS_ROLE_SESSION_NAME"] = "me";
  EXPECT_EQ(Text(), "rolekey rolesecret roletoken");
  const SeenRequest seen = sts.seen().at(0);
  EXPECT_EQ(seen.body,
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3A"
            "role%2Fr&RoleSessionName=me&WebIdentityToken=t.o%2Fk%3Den");
  EXPECT_FALSE(seen.headers.contains("authorization"));
}

TEST_F(DefaultCredentialsTest, ARefusedWebIdentityDoesNotShowItsToken) {
  const HttpTestServer sts(InOrder(
      {{.status = 400,
        .body = "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>old</Message>"
                "</Error></ErrorResponse>"}}));
  environment_["AWS_ENDPOINT_URL_STS"] = sts.origin();
  environment_["AWS_WEB_IDENTITY_TOKEN_FILE"] = File("token", "canary");
  environment_["AWS_ROLE_ARN"] = "arn";
  const std::string text = Text();
  EXPECT_THAT(text, HasSubstr("unauthenticated: credentials from web identity: "
                              "AssumeRoleWithWebIdentity"));
  EXPECT_THAT(text, HasSubstr("InvalidIdentityToken: old"));
  EXPECT_THAT(text, testing::Not(HasSubstr("canary")));
}

TEST_F(DefaultCredentialsTest, TakesARoleByItsSourceProfile) {
  const HttpTestServer sts(InOrder({{.status = 503}, {.body = StsAnswer("AssumeRole")}}));
  environment_["AWS_ENDPOINT_URL_STS"] = sts.origin();
  File(".aws/config",
       "[default]\nrole_arn = arn:r\nsource_profile = base\nexternal_id = x y\n"
       "[profile base]\naws_access_key_id = bk\naws_secret_access_key = bs\n");
  EXPECT_EQ(Text(), "rolekey rolesecret roletoken");
  const SeenRequest seen = sts.seen().at(1);
  EXPECT_THAT(seen.body, HasSubstr("Action=AssumeRole&"));
  EXPECT_THAT(seen.body, HasSubstr("&ExternalId=x%20y"));
  EXPECT_THAT(seen.headers.at("authorization"), HasSubstr("Credential=bk/"));
  EXPECT_THAT(seen.headers.at("authorization"), HasSubstr("/us-east-1/sts/aws4_request"));
}

TEST_F(DefaultCredentialsTest, AsksTheContainerWithItsToken) {
  const HttpTestServer host(InOrder({{.body = JsonAnswer()}}));
  environment_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = host.origin() + "/v1/c?x=1";
  environment_["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = File("pod", "Bearer abc\n");
  EXPECT_EQ(Text(), "jk js jt");
  EXPECT_EQ(host.seen().at(0).target, "/v1/c?x=1");
  EXPECT_EQ(host.seen().at(0).headers.at("authorization"), "Bearer abc");
}

TEST_F(DefaultCredentialsTest, DoesNotSendTheContainersTokenElsewhere) {
  environment_["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "abc";
  for (const auto* url :
       {"http://example.com/", "http://127.0.0.1.evil.example/", "ftp://x",
        "http://127.0.0.1@evil.example/", "http://127.0.0.1:x@evil.example/", "nonsense"}) {
    environment_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
    EXPECT_THAT(Text(), HasSubstr("neither https nor an address of this host")) << url;
  }
}

TEST_F(DefaultCredentialsTest, AsksTheInstanceInASession) {
  const HttpTestServer metadata([](const SeenRequest& request) -> Reply {
    if (request.method == "PUT" && request.target == "/latest/api/token" &&
        request.headers.contains("x-aws-ec2-metadata-token-ttl-seconds")) {
      return {.body = "session"};
    }
    if (request.headers.at("x-aws-ec2-metadata-token") != "session") return {.status = 401};
    const std::string base = "/latest/meta-data/iam/security-credentials/";
    if (request.target == base) return {.body = "my-role\n"};
    if (request.target == base + "my-role") return {.body = JsonAnswer()};
    return {.status = 404};
  });
  environment_["AWS_EC2_METADATA_DISABLED"] = "";
  environment_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = metadata.origin() + "/";
  const auto credentials = Get().value();
  EXPECT_EQ(credentials.access_key_id, "jk");
  EXPECT_GT(credentials.expires, clock_.Now() + std::chrono::hours(1));
}

TEST_F(DefaultCredentialsTest, AnInstanceWithoutRoleOrServiceIsNoSource) {
  const HttpTestServer metadata([](const SeenRequest& request) -> Reply {
    if (request.method == "PUT") return {.body = "session"};
    return {.status = 404};
  });
  environment_["AWS_EC2_METADATA_DISABLED"] = "";
  environment_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = metadata.origin();
  EXPECT_THAT(Text(), HasSubstr("instance metadata: the instance has no role"));
  environment_["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = HttpTestServer(InOrder({{}})).origin();
  EXPECT_THAT(Text(), HasSubstr("instance metadata: nothing answers at"));
}

TEST_F(DefaultCredentialsTest, BrokenAnswersOfTheHostAreErrors) {
  const std::string broken[] = {"",
                                "{",
                                "[]",
                                "null",
                                R"({"AccessKeyId":1})",
                                R"({"Code":"Failed","Message":"x"})",
                                R"({"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"soon"})"};
  for (const auto& body : broken) {
    const HttpTestServer host(InOrder({{.body = body}}));
    environment_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = host.origin() + "/c";
    EXPECT_THAT(Text(), HasSubstr("unauthenticated: credentials from container: ")) << body;
  }
}

TEST_F(DefaultCredentialsTest, OptionsComeFromTheUsualVariables) {
  environment_["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1";
  environment_["AWS_DEFAULT_REGION"] = "r-default";
  environment_["AWS_CA_BUNDLE"] = "/ca.pem";
  auto options = S3Options::FromEnvironment(environment_).value();
  EXPECT_EQ(options.endpoint, "http://127.0.0.1:1");
  EXPECT_EQ(options.region, "r-default");
  EXPECT_EQ(options.http.ca_bundle, "/ca.pem");
  environment_["AWS_ENDPOINT_URL_S3"] = "https://s3.example:2";
  environment_["AWS_REGION"] = "r-first";
  options = S3Options::FromEnvironment(environment_).value();
  EXPECT_EQ(options.endpoint, "https://s3.example:2");
  EXPECT_EQ(options.region, "r-first");
  environment_["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  EXPECT_EQ(S3Options::FromEnvironment(environment_).value().endpoint, "");
}

TEST_F(DefaultCredentialsTest, RefusesEndpointsThatAreNone) {
  for (const auto* url : {"127.0.0.1:9000", "http://", "http://h/path", "ftp://h", "http://u@h"}) {
    environment_["AWS_ENDPOINT_URL"] = url;
    EXPECT_FALSE(S3Options::FromEnvironment(environment_)) << url;
  }
}

}  // namespace
}  // namespace neuralake::storage
