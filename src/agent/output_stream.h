// One output of one task, on the shim's side: a pipe that is read without ever waiting, and where its bytes are kept:
// the first 16 KiB in memory, from then on everything in a file, enciphered.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "agent/output_cipher.h"
#include "proc/fd.h"

namespace windlass::agent {

class OutputStream {
 public:
  static constexpr std::size_t kHead = 16U << 10U;

  /// Where the bytes belong, and what they are enciphered with (it must outlive this).
  void name(const OutputCipher& cipher, const std::string& dir, std::string_view token, unsigned stream);
  /// Makes the pipe and returns its writing end for the child; a closed Fd when none is free. After name().
  proc::Fd open();
  /// Reads at most `limit` bytes of what is there. True while the pipe may give more later.
  /// `room` is used for it, and holds nothing of worth afterwards.
  bool pump(std::size_t limit, std::span<char> room);
  /// How many bytes the last pump() found.
  [[nodiscard]] std::size_t pumped() const { return pumped_; }
  /// Reads until the pipe is empty for the moment: after the end of the process all that it wrote is here.
  void drain(std::span<char> room);
  /// What a survivor writes from now on is nobody's.
  void stop_recording() { is_recording_ = false; }

  [[nodiscard]] int pipe() const { return pipe_.get(); }
  proc::Fd take_pipe() { return std::move(pipe_); }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] bool is_spilled() const { return is_spilled_; }
  [[nodiscard]] const std::string& head() const { return head_; }
  /// Bytes could not be kept (disk full): the sentence for it, else empty.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

  /// As a former shim left it.
  void restore(std::uint64_t size, bool is_spilled, std::string head);
  /// Adds a sentence of our own.
  void append(std::string_view bytes);
  void remove_file() const;

 private:
  void spill();
  proc::Fd pipe_, file_;
  const OutputCipher* cipher_ = nullptr;
  std::string token_;
  unsigned stream_ = 0;
  void keep(char* at, std::size_t size);
  std::string path_, head_, trouble_;
  std::uint64_t size_ = 0;
  std::size_t pumped_ = 0;
  bool is_spilled_ = false, is_recording_ = true;
};

}  // namespace windlass::agent
