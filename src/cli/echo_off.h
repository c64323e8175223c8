// While the live tree is shown, what is typed must not be echoed into it. Ctrl-C keeps working.
#pragma once

#include <termios.h>

namespace windlass::cli {

/// Turns the echo of the terminal on standard input off, if there is one; the way it was before is restored by
/// give_back() and by the destructor.
class EchoOff {
 public:
  explicit EchoOff(bool wanted);
  ~EchoOff() { give_back(); }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;
  void take();
  void give_back();

 private:
  bool wanted_;
  bool taken_ = false;
  termios before_{};
};

}  // namespace windlass::cli
