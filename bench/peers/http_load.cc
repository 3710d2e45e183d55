// A load generator for one HTTP/1.1 server: so many keep-alive connections, each with one request
// on its way, from one thread. The same program drives every contender, so that what it costs is
// the same for all.
//
//   http_load HOST PORT TARGET CONNECTIONS SECONDS KEYS SEED TEMPLATE [HEADER...]
//
// In TEMPLATE, the body, `{key}` becomes a number drawn uniformly from [0, KEYS). Prints one JSON
// line: requests, failures (any status but 200, or a body without `"`), req/s, and latency
// percentiles in milliseconds. The first fifth of the time warms up and is not counted.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int socket = -1;
  std::string in;
  Clock::time_point sent;
};

struct Load {
  std::string head;
  std::string before;  // the body up to the key
  std::string after;
  bool keyed = false;
  std::uint64_t keys = 1;
  std::mt19937_64 rng;
};

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::exit(1);
}

int Connect(const char* host, int port) {
  const int handle = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, host, &address.sin_addr);
  if (handle < 0 || connect(handle, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    Die("connect");
  }
  const int on = 1;
  setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return handle;
}

void Send(Connection& connection, Load& load) {
  std::string body = load.before;
  if (load.keyed) body += std::to_string(load.rng() % load.keys) + load.after;
  std::string request = load.head + std::to_string(body.size()) + "\r\n\r\n" + body;
  connection.sent = Clock::now();
  // Requests are far smaller than a socket's buffer, which is empty: one call takes them whole.
  if (write(connection.socket, request.data(), request.size()) !=
      static_cast<ssize_t>(request.size())) {
    Die("write");
  }
}

/// The value of header `name` (lower case) in `head`; empty when it is not there.
std::string_view Header(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;
       at = head.find("\r\n", at + 2)) {
    const auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    if (strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
    auto value = line.substr(name.size() + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    return value;
  }
  return {};
}

/// The length of the whole answer at the start of `in`; 0 while it is not whole.
std::size_t WholeLength(std::string_view in) {
  const auto end = in.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  const auto head = in.substr(0, end + 2);
  const auto length = Header(head, "content-length");
  if (!length.empty()) {
    const std::size_t whole = end + 4 + std::strtoull(std::string(length).c_str(), nullptr, 10);
    return in.size() >= whole ? whole : 0;
  }
  // Chunked: answers here are small, so the last chunk ends what has come.
  return in.ends_with("0\r\n\r\n") ? in.size() : 0;
}

struct Counts {
  std::vector<float> milliseconds;
  std::uint64_t failures = 0;
};

double At(const std::vector<float>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto last = static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(last * share)];
}

/// Take what came; when an answer is whole, count it and send the next request.
void Receive(Connection& connection, Load& load, bool count, Counts& counts) {
  char bytes[64 << 10];
  const ssize_t read_bytes = read(connection.socket, bytes, sizeof(bytes));
  if (read_bytes <= 0) Die("the server closed a connection");
  connection.in.append(bytes, static_cast<std::size_t>(read_bytes));
  const std::size_t whole = WholeLength(connection.in);
  if (whole == 0) return;
  const std::chrono::duration<float, std::milli> took = Clock::now() - connection.sent;
  const bool good = connection.in.starts_with("HTTP/1.1 200") &&
                    connection.in.find('"', connection.in.find("\r\n\r\n")) != std::string::npos;
  if (count) counts.milliseconds.push_back(took.count());
  counts.failures += good ? 0 : 1;
  if (!good && counts.failures == 1) std::fprintf(stderr, "%s\n", connection.in.c_str());
  connection.in.erase(0, whole);
  Send(connection, load);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 9) return 2;
  const std::string host = argv[1];
  const int port = std::atoi(argv[2]);
  const auto connections = static_cast<std::size_t>(std::atoi(argv[4]));
  const std::chrono::duration<double> seconds(std::atof(argv[5]));
  Load load;
  load.keys = std::strtoull(argv[6], nullptr, 10);
  load.rng.seed(std::strtoull(argv[7], nullptr, 10));
  const std::string text = argv[8];
  const auto place = text.find("{key}");
  load.keyed = place != std::string::npos;
  load.before = text.substr(0, place);
  if (load.keyed) load.after = text.substr(place + 5);
  load.head = "POST " + std::string(argv[3]) + " HTTP/1.1\r\nHost: " + host + ":" +
              std::string(argv[2]) + "\r\n";
  for (int i = 9; i < argc; ++i) load.head += std::string(argv[i]) + "\r\n";
  load.head += "Content-Length: ";

  const int poll = epoll_create1(0);
  std::vector<Connection> open(connections);
  for (Connection& connection : open) {
    connection.socket = Connect(host.c_str(), port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    epoll_ctl(poll, EPOLL_CTL_ADD, connection.socket, &event);
    Send(connection, load);
  }
  Counts counts;
  const auto begun = Clock::now();
  const auto counted_from = begun + std::chrono::duration_cast<Clock::duration>(seconds / 5);
  const auto until = begun + std::chrono::duration_cast<Clock::duration>(seconds);
  for (auto now = begun; now < until; now = Clock::now()) {
    epoll_event events[64];
    const int ready = epoll_wait(poll, events, 64, 100);
    for (int i = 0; i < ready; ++i) {
      Receive(*static_cast<Connection*>(events[i].data.ptr), load, now >= counted_from, counts);
    }
  }
  auto& times = counts.milliseconds;
  std::sort(times.begin(), times.end());
  const double counted = std::chrono::duration<double>(until - counted_from).count();
  std::printf(
      "{\"requests\": %zu, \"failures\": %llu, \"rate\": %.1f, \"p50_ms\": %.3f, "
      "\"p99_ms\": %.3f, \"max_ms\": %.3f}\n",
      times.size(), static_cast<unsigned long long>(counts.failures),
      static_cast<double>(times.size()) / counted, At(times, 0.5), At(times, 0.99), At(times, 1));
  return 0;
}
