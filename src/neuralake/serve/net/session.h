#pragma once

namespace neuralake::serve {

/// A connection, as the server sees it.
///
/// \threads the network thread only
class Session {
 public:
  virtual ~Session() = default;

  /// Look whether the client is still there; cancel its statement if not.
  virtual void Sweep() = 0;

  /// Take no new request; end when the one that runs is answered.
  virtual void Drain() = 0;

  /// Close the socket at once.
  virtual void Abort() = 0;
};

}  // namespace neuralake::serve
