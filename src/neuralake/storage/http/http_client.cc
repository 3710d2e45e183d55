#include "neuralake/storage/http/http_client.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stop_token>
#include <utility>

#include <curl/curl.h>

namespace neuralake::storage {
namespace {

struct EasyCloser {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiCloser {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListCloser>;

long Millis(Duration duration) {
  const auto millis = std::chrono::ceil<std::chrono::milliseconds>(duration).count();
  return static_cast<long>(std::clamp<std::int64_t>(millis, 1, 1L << 30));
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

std::string_view TrimBlanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

HeaderList HeadersOf(const HttpRequest& request) {
  HeaderList list;
  const auto add = [&](const std::string& line) {
    list.reset(curl_slist_append(list.release(), line.c_str()));
  };
  for (const auto& [name, value] : request.headers) {
    add(value.empty() ? name + ';' : name + ": " + value);
  }
  // What curl would add by itself and no signature covers.
  add("Expect:");
  if (!request.headers.contains("content-type")) add("Content-Type:");
  if (!request.headers.contains("accept")) add("Accept:");
  return list;
}

/// curl is initialised once a process, before its first use.
void InitializeCurl() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)result;
}

}  // namespace

/// One curl handle with the connections that it keeps, and the request that it is busy with.
class HttpClient::Connection {
 public:
  explicit Connection(const HttpOptions& options) : options_(options) {
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, 2L);
  }

  std::expected<HttpAnswer, HttpFailure> Send(const HttpRequest& request,
                                              const Deadline& deadline) {
    request_ = &request;
    answer_ = {};
    starts_ = 0;
    is_again_ = false;
    is_too_long_ = false;
    curl_easy_reset(easy_.get());
    const HeaderList headers = HeadersOf(request);
    Prepare(headers.get(), deadline);
    const CURLcode code = Run(deadline);
    if (code == CURLE_OK) {
      long status = 0;
      curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
      answer_.status = static_cast<int>(status);
      return std::move(answer_);
    }
    return std::unexpected(HttpFailure{ErrorOf(code, deadline), ProgressMade()});
  }

 private:
  template <class T>
  void Set(CURLoption option, T value) {
    curl_easy_setopt(easy_.get(), option, value);
  }

  void Prepare(curl_slist* headers, const Deadline& deadline) {
    Set(CURLOPT_URL, request_->Url().c_str());
    Set(CURLOPT_PATH_AS_IS, 1L);
    Set(CURLOPT_HTTPHEADER, headers);
    Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    Set(CURLOPT_PROTOCOLS_STR, "http,https");
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_TCP_KEEPALIVE, 1L);
    Set(CURLOPT_MAXAGE_CONN, static_cast<long>(kIdleConnectionMax.count()));
    Set(CURLOPT_BUFFERSIZE, 512L << 10);
    Set(CURLOPT_ERRORBUFFER, message_.data());
    message_[0] = '\0';
    SetMethod();
    SetLimits(deadline);
    SetTrust();
    SetCallbacks();
  }

  void SetMethod() {
    if (request_->method == "HEAD") {
      Set(CURLOPT_NOBODY, 1L);
    } else if (request_->method == "GET") {
      Set(CURLOPT_HTTPGET, 1L);
    } else {
      Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_->body.size()));
      Set(CURLOPT_POSTFIELDS, request_->body.empty() ? "" : request_->body.data());
      Set(CURLOPT_CUSTOMREQUEST, request_->method.c_str());
    }
  }

  void SetLimits(const Deadline& deadline) {
    Set(CURLOPT_CONNECTTIMEOUT_MS, Millis(std::min(options_.connect_timeout, deadline.Left())));
    if (deadline.Left() != Duration::max()) Set(CURLOPT_TIMEOUT_MS, Millis(deadline.Left()));
    Set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    Set(CURLOPT_LOW_SPEED_TIME, std::max(1L, Millis(options_.silence_timeout) / 1000));
  }

  void SetTrust() {
    if (!options_.ca_bundle.empty()) Set(CURLOPT_CAINFO, options_.ca_bundle.c_str());
    std::string direct = "*";
    if (options_.use_proxy) {
      const char* named = std::getenv("no_proxy");
      if (named == nullptr) named = std::getenv("NO_PROXY");
      direct = std::string(named == nullptr ? "" : named) + ",localhost,127.0.0.1,::1";
    }
    Set(CURLOPT_NOPROXY, direct.c_str());
  }

  void SetCallbacks() {
    Set(CURLOPT_HEADERFUNCTION, &Connection::OnHeader);
    Set(CURLOPT_HEADERDATA, this);
    Set(CURLOPT_WRITEFUNCTION, &Connection::OnBody);
    Set(CURLOPT_WRITEDATA, this);
    Set(CURLOPT_PREREQFUNCTION, &Connection::OnStart);
    Set(CURLOPT_PREREQDATA, this);
    Set(CURLOPT_SOCKOPTFUNCTION, &Connection::OnConnect);
    Set(CURLOPT_SOCKOPTDATA, this);
  }

  CURLcode Run(const Deadline& deadline) {
    constexpr int kWakeMs = 1000;
    curl_multi_add_handle(multi_.get(), easy_.get());
    CURLcode code = CURLE_ABORTED_BY_CALLBACK;
    {
      const std::stop_callback wake(deadline.stop(), [this] { curl_multi_wakeup(multi_.get()); });
      int running = 1;
      while (!deadline.stop().stop_requested()) {
        if (curl_multi_perform(multi_.get(), &running) != CURLM_OK || running == 0) break;
        curl_multi_poll(multi_.get(), nullptr, 0, kWakeMs, nullptr);
      }
    }
    int left = 0;
    while (const CURLMsg* done = curl_multi_info_read(multi_.get(), &left)) {
      if (done->msg == CURLMSG_DONE) code = done->data.result;
    }
    curl_multi_remove_handle(multi_.get(), easy_.get());
    return code;
  }

  Error ErrorOf(CURLcode code, const Deadline& deadline) const {
    const std::string what = request_->method + " " + request_->origin + request_->path;
    if (is_too_long_) {
      return Fail(ErrorKind::kResourceExhausted, what + " answers with more than " +
                                                     std::to_string(request_->answer_bytes_max) +
                                                     " bytes")
          .error();
    }
    if (Status over = deadline.Check(what); !over) return over.error();
    const std::string reason = message_[0] != '\0' ? message_.data() : curl_easy_strerror(code);
    return Fail(ErrorKind::kUnavailable, what + " failed: " + reason).error();
  }

  Progress ProgressMade() const {
    if (starts_ == 0) return Progress::kNothing;
    // Of a start before this try nothing is known any more: curl counts from zero again.
    if (is_again_ || request_->body.empty()) return Progress::kAll;
    curl_off_t sent = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_SIZE_UPLOAD_T, &sent);
    return static_cast<std::size_t>(sent) < request_->body.size() ? Progress::kPart
                                                                  : Progress::kAll;
  }

  static std::size_t OnHeader(char* data, std::size_t, std::size_t size, void* self) {
    auto& answer = static_cast<Connection*>(self)->answer_;
    const std::string_view line(data, size);
    if (line.starts_with("HTTP/")) {
      answer.headers.clear();  // of an interim answer, such as 100
      return size;
    }
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && answer.headers.size() < kHeadersMax) {
      answer.headers[LowerCase(line.substr(0, colon))] = TrimBlanks(line.substr(colon + 1));
    }
    return size;
  }

  static std::size_t OnBody(char* data, std::size_t, std::size_t size, void* self) {
    auto& connection = *static_cast<Connection*>(self);
    std::string& body = connection.answer_.body;
    if (body.size() + size > connection.request_->answer_bytes_max) {
      connection.is_too_long_ = true;
      return 0;
    }
    if (body.empty()) connection.ReserveBody();
    body.append(data, size);
    return size;
  }

  void ReserveBody() {
    curl_off_t length = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (length <= 0) return;
    answer_.body.reserve(
        std::min<std::size_t>(static_cast<std::size_t>(length), request_->answer_bytes_max));
  }

  /// Right before the request goes out, also when curl sends it again because a kept connection
  /// broke before an answer.
  static int OnStart(void* self, char*, char*, int, int) {
    auto& connection = *static_cast<Connection*>(self);
    if (connection.starts_++ > 0) connection.is_again_ = true;
    return connection.request_->is_unrepeatable && connection.is_again_ ? CURL_PREREQFUNC_ABORT
                                                                        : CURL_PREREQFUNC_OK;
  }

  /// Before a new connection: behind a start, it is for such a second one, which may not get as far
  /// as `OnStart`, since nobody listens.
  static int OnConnect(void* self, curl_socket_t, curlsocktype) {
    auto& connection = *static_cast<Connection*>(self);
    if (connection.starts_ > 0) connection.is_again_ = true;
    return connection.request_->is_unrepeatable && connection.is_again_ ? CURL_SOCKOPT_ERROR
                                                                        : CURL_SOCKOPT_OK;
  }

  const HttpOptions& options_;
  std::unique_ptr<CURLM, MultiCloser> multi_{curl_multi_init()};
  std::unique_ptr<CURL, EasyCloser> easy_{curl_easy_init()};
  std::array<char, CURL_ERROR_SIZE> message_{};
  const HttpRequest* request_ = nullptr;
  HttpAnswer answer_;
  int starts_ = 0;
  bool is_again_ = false;  ///< Whether curl tries once more what it had started to send.
  bool is_too_long_ = false;
};

HttpClient::HttpClient(HttpOptions options) : options_(std::move(options)) { InitializeCurl(); }

HttpClient::~HttpClient() = default;

std::expected<HttpAnswer, HttpFailure> HttpClient::Send(const HttpRequest& request,
                                                        const Deadline& deadline) {
  auto connection = Take(deadline);
  if (!connection) return std::unexpected(HttpFailure{connection.error(), Progress::kNothing});
  auto answer = (*connection)->Send(request, deadline);
  Return(std::move(*connection));
  return answer;
}

Result<std::unique_ptr<HttpClient::Connection>> HttpClient::Take(const Deadline& deadline) {
  constexpr auto kStep = std::chrono::milliseconds(200);
  std::unique_lock lock(mutex_);
  while (idle_.empty() && open_ >= options_.connections_max) {
    TRY(deadline.Check("waiting for one of " + std::to_string(options_.connections_max) +
                       " connections"));
    returned_.wait_for(lock, deadline.stop(), std::min<Duration>(kStep, deadline.Left()),
                       [&] { return !idle_.empty(); });
  }
  TRY(deadline.Check("connecting"));
  if (idle_.empty()) {
    ++open_;
    return std::make_unique<Connection>(options_);
  }
  auto connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void HttpClient::Return(std::unique_ptr<Connection> connection) {
  {
    std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

}  // namespace neuralake::storage
