// Creates the keys round/0, round/1, … of a store, as one of several processes that race for them.
//
//   storage_create_race URI NAME ROUNDS
//
// Waits for a line on standard input, then prints one line a round: `won`, `lost` or `unknown`.
// What did not happen for sure is tried again.

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include "neuralake/storage/object_store.h"

namespace {

using namespace neuralake;

constexpr auto kPatience = std::chrono::seconds(10);
constexpr int kTriesMax = 20;

const char* CreateOnce(storage::ObjectStore& store, const std::string& key,
                       const std::string& bytes) {
  for (int tries = 1; tries <= kTriesMax; ++tries) {
    const Status put =
        store.Put(key, bytes, storage::PutMode::kIfAbsent, Deadline::After(kPatience));
    if (put) return "won";
    if (put.error().kind == ErrorKind::kAlreadyExists) return "lost";
    if (put.error().kind == ErrorKind::kUnknownOutcome) return "unknown";
    std::cerr << Describe(put.error()) << '\n';
    if (put.error().kind != ErrorKind::kUnavailable) return "failed";
  }
  return "failed";
}

Status Run(const std::string& uri, const std::string& name, int rounds) {
  const auto store = TRY(storage::OpenStore(TRY(Uri::Parse(uri))));
  std::cout << "ready" << std::endl;
  std::string line;
  std::getline(std::cin, line);
  for (int round = 0; round < rounds; ++round) {
    std::cout << CreateOnce(*store, "round/" + std::to_string(round), name) << std::endl;
  }
  return {};
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::cerr << "usage: storage_create_race URI NAME ROUNDS\n";
    return 2;
  }
  const Status done = Run(arguments[1], arguments[2], std::atoi(arguments[3]));
  if (!done) std::cerr << Describe(done.error()) << '\n';
  return done ? 0 : 1;
}
