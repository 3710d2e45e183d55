#include "neuralake/storage/aws/sigv4.h"

#include <array>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "neuralake/storage/aws/time_text.h"

namespace neuralake::storage {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

std::string_view View(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string Hex(const Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(digest.size() * 2);
  for (const unsigned char byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

Digest Hmac(std::string_view key, std::string_view message) {
  Digest digest{};
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(),
       nullptr);
  return digest;
}

/// The key of one day, region and service.
Digest DeriveKey(const Credentials& credentials, std::string_view day, const SigningScope& scope) {
  const Secret start("AWS4" + credentials.secret_access_key.Reveal());
  const Digest of_day = Hmac(start.Reveal(), day);
  const Digest of_region = Hmac(View(of_day), scope.region);
  const Digest of_service = Hmac(View(of_region), scope.service);
  return Hmac(View(of_service), "aws4_request");
}

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

struct Canonical {
  std::string text;
  std::string signed_headers;
};

Canonical Canonicalize(const HttpRequest& request, const std::string& body_hash) {
  std::string headers;
  std::string names;
  for (const auto& [name, value] : request.headers) {
    headers += name + ':' + std::string(Trim(value)) + '\n';
    names += (names.empty() ? "" : ";") + name;
  }
  return {request.method + '\n' + request.path + '\n' + request.EncodedQuery() + '\n' + headers +
              '\n' + names + '\n' + body_hash,
          names};
}

}  // namespace

std::string Sha256Hex(std::string_view bytes) {
  Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return Hex(digest);
}

void Sign(HttpRequest& request, const Credentials& credentials, const SigningScope& scope,
          WallTime now) {
  const std::string date = AmzDate(now);
  const std::string day = date.substr(0, 8);
  const std::string body_hash = Sha256Hex(request.body);
  request.headers.erase("authorization");
  request.headers.erase("x-amz-security-token");
  request.headers["host"] = request.authority();
  request.headers["x-amz-date"] = date;
  if (scope.service == "s3") request.headers["x-amz-content-sha256"] = body_hash;
  if (!credentials.session_token.empty()) {
    request.headers["x-amz-security-token"] = credentials.session_token.Reveal();
  }
  const Canonical canonical = Canonicalize(request, body_hash);
  const std::string place = day + '/' + scope.region + '/' + scope.service + "/aws4_request";
  const std::string to_sign =
      "AWS4-HMAC-SHA256\n" + date + '\n' + place + '\n' + Sha256Hex(canonical.text);
  const Digest key = DeriveKey(credentials, day, scope);
  request.headers["authorization"] = "AWS4-HMAC-SHA256 Credential=" + credentials.access_key_id +
                                     '/' + place + ", SignedHeaders=" + canonical.signed_headers +
                                     ", Signature=" + Hex(Hmac(View(key), to_sign));
}

}  // namespace neuralake::storage
