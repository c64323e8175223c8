#include "agent/output_stream.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "agent/state_folder.h"

namespace windlass::agent {

void OutputStream::name(const OutputCipher& cipher, const std::string& dir, std::string_view token, unsigned stream) {
  cipher_ = &cipher;
  token_ = token;
  stream_ = stream;
  path_ = output_path(dir, token, stream);
}

proc::Fd OutputStream::open() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  pipe_ = proc::Fd(ends[0]);
  ::fcntl(pipe_.get(), F_SETFL, O_NONBLOCK);  // ours only: the child's end stays blocking
  return proc::Fd(ends[1]);
}

bool OutputStream::pump(std::size_t limit, std::span<char> room) {
  pumped_ = 0;
  while (pumped_ < limit && pipe_.is_open()) {
    const auto wanted = std::min(limit - pumped_, room.size());
    const auto count = ::read(pipe_.get(), room.data(), wanted);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return true;
    if (count <= 0) {
      pipe_.reset();
      return false;
    }
    const auto size = static_cast<std::size_t>(count);
    pumped_ += size;
    if (is_recording_ && is_spilled_) {
      keep(room.data(), size);
    } else if (is_recording_) {
      append(std::string_view(room.data(), size));
    }
    if (size < wanted) return true;  // a pipe gives all that it has
  }
  return pipe_.is_open();
}

void OutputStream::drain(std::span<char> room) {
  // A pipe holds 1 MiB at most, so whatever the ended process wrote is within that; a survivor's stream has no end.
  pump(1U << 20U, room);
}

void OutputStream::append(std::string_view bytes) {
  if (!is_spilled_ && head_.size() + bytes.size() <= kHead) {
    head_ += bytes;
    size_ = head_.size();
    return;
  }
  if (!is_spilled_) spill();
  std::string scratch(bytes);
  keep(scratch.data(), scratch.size());
}

/// Into the file; what stands there is enciphered on the way.
void OutputStream::keep(char* at, std::size_t size) {
  cipher_->apply(token_, stream_, size_, at, size);
  std::string_view bytes(at, size);
  while (!bytes.empty() && file_.is_open()) {
    const auto count = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      if (trouble_.empty()) trouble_ = "cannot keep the output in " + path_ + ": " + std::strerror(errno);
      return;
    }
    size_ += static_cast<std::size_t>(count);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void OutputStream::spill() {
  is_spilled_ = true;
  size_ = 0;
  file_ = proc::Fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file_.is_open()) trouble_ = "cannot keep the output in " + path_ + ": " + std::strerror(errno);
  // Larger pipes for who writes much: fewer switches between the two. Refused beyond the user's allowance: no matter.
  if (pipe_.is_open()) ::fcntl(pipe_.get(), F_SETPIPE_SZ, 256 << 10);
  const std::string head = std::move(head_);
  head_.clear();
  append(head);
}

void OutputStream::restore(std::uint64_t size, bool is_spilled, std::string head) {
  size_ = size;
  is_spilled_ = is_spilled;
  head_ = std::move(head);
}

void OutputStream::remove_file() const {
  if (is_spilled_) ::unlink(path_.c_str());
}

}  // namespace windlass::agent
