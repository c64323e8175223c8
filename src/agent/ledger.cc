#include "agent/ledger.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "agentproto/codec.h"

namespace windlass::agent {

using namespace agentproto;

namespace {

template <class Message>
void append_to(std::string& out, const Message& message) {
  const auto begin = out.size();
  append_frame(out, message);
  const auto sum = crc32(std::string_view(out).substr(begin));
  out.append(reinterpret_cast<const char*>(&sum), sizeof sum);
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

LedgerContent read_ledger(std::string_view bytes) {
  LedgerContent content;
  for (;;) {
    std::string_view rest = bytes;
    auto frame = cut_frame(rest);
    if (!frame || !*frame || rest.size() < sizeof(std::uint32_t)) return content;
    std::uint32_t sum = 0;
    std::memcpy(&sum, rest.data(), sizeof sum);
    if (sum != crc32(bytes.substr(0, bytes.size() - rest.size()))) return content;
    bytes = rest.substr(sizeof sum);
    if (auto table = parse<Table>(**frame)) {
      content.instance = table->instance;
      content.boot_id = table->boot_id;
    } else if (auto task = parse<Task>(**frame)) {
      content.tasks[task->token] = std::move(*task);
    } else if (auto forget = parse<Forget>(**frame)) {
      content.tasks.erase(forget->token);
    } else if (auto owner = parse<Owner>(**frame)) {
      if (owner->state == kOwnerGoodbye) {
        content.owners.erase(owner->owner);
      } else {
        content.owners[owner->owner] = owner->epoch;
      }
    }
  }
}

Result<LedgerContent> Ledger::load(const std::string& path) {
  proc::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT) return LedgerContent{};
    return fail(ErrorKind::unavailable, "cannot read " + path + ": " + std::strerror(errno));
  }
  std::string bytes;
  char chunk[64U << 10U];
  for (ssize_t count = 0; (count = ::read(file.get(), chunk, sizeof chunk)) > 0;) {
    bytes.append(chunk, static_cast<std::size_t>(count));
  }
  return read_ledger(bytes);
}

Result<> Ledger::rewrite(const std::string& path, const LedgerContent& content) {
  std::string bytes;
  append_to(bytes, Table{.instance = content.instance, .boot_id = content.boot_id});
  for (const auto& [name, epoch] : content.owners) append_to(bytes, Owner{.owner = name, .epoch = epoch});
  for (const auto& [token, task] : content.tasks) append_to(bytes, task);
  const std::string fresh = path + ".new";
  proc::Fd file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
  if (!file.is_open() || !write_all(file.get(), bytes) || ::rename(fresh.c_str(), path.c_str()) != 0) {
    return fail(ErrorKind::unavailable, "cannot write " + path + ": " + std::strerror(errno));
  }
  file_ = std::move(file);
  size_ = bytes.size();
  return {};
}

template <class Message>
Result<> Ledger::append_record(const Message& message) {
  scratch_.clear();
  append_to(scratch_, message);
  if (!write_all(file_.get(), scratch_)) {
    const int error = errno;
    // A torn record would hide all that follow it.
    (void)!::ftruncate(file_.get(), static_cast<off_t>(size_));
    return fail(ErrorKind::unavailable, std::string("cannot write the agent's ledger: ") + std::strerror(error));
  }
  size_ += scratch_.size();
  return {};
}

Result<> Ledger::append(const Task& task) { return append_record(task); }
Result<> Ledger::append(const Forget& forget) { return append_record(forget); }
Result<> Ledger::append(const Owner& owner) { return append_record(owner); }
Result<> Ledger::append_clean_end() { return append_record(Table{}); }

}  // namespace windlass::agent
