#include "cli/echo_off.h"

#include <unistd.h>

namespace windlass::cli {

EchoOff::EchoOff(bool wanted) : wanted_(wanted) { take(); }

void EchoOff::take() {
  // A background job must not touch the terminal: it would be stopped for it.
  if (!wanted_ || taken_ || ::tcgetpgrp(STDIN_FILENO) != ::getpgrp()) return;
  if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
  auto quiet = before_;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL);
  taken_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &quiet) == 0;
}

void EchoOff::give_back() {
  if (!taken_) return;
  (void)::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  taken_ = false;
}

}  // namespace windlass::cli
