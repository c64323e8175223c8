// The link: the agent's end of the wire. It greets servers, writes scripts, hands starts to the shim and streams
// output.
//
// Everything it holds can be had again from the shim and the disk, so it may be killed at any instant. The invariant:
// nothing is told to a server that the shim has not recorded, and output is sent gapless from the offset the server
// named. Source: docs/formats/agent.md.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/clock.h"
#include "agent/memory_use.h"
#include "agent/output_cipher.h"
#include "agentproto/codec.h"
#include "base/fault.h"
#include "base/result.h"
#include "proc/fd.h"
#include "proc/write_queue.h"

namespace windlass::agent {

struct LinkOptions {
  std::string state_dir;
  int shim_fd = 3, listen_fd = 4;
  /// What tasks with inherit_env begin with; told to each server that is greeted. Empty: this agent lends none.
  std::vector<std::string> environment;
  bool is_open_to_pod = false;  ///< other users of the machine, which is a pod, may speak to it
  std::string fault;
};

class Link {
 public:
  explicit Link(LinkOptions options);
  ~Link();
  /// The link process: lives as long as the shim's end of the socket. Returns the exit code.
  int run();

  /// Inside a server on the same machine: no process, no socket towards the server, one switch less each way. The shim
  /// keeps what it keeps for a link process, so this server may be killed as well as that one.
  /// Takes the socket to the shim; from then on turn() when it is readable or, while wants_out(), writable.
  void embed(proc::Fd shim);
  [[nodiscard]] int shim_fd() const { return shim_.get(); }
  [[nodiscard]] bool wants_out() const { return !shim_out_.is_empty(); }
  /// Takes what the shim sent. False if the shim is dead.
  bool turn();
  /// Frames from the server; sent on at once.
  void feed(std::string_view frames);
  /// Frames for the server, to be taken from the front; more output follows by turn() or feed().
  std::string take_outgoing();
  [[nodiscard]] bool has_outgoing() const;
  /// Something to be done while a shell runs and nobody waits.
  void tidy_one();
  /// Before leaving: control folders kept for the next step are removed.
  void tidy_all();

 private:
  struct Connection {
    proc::Fd socket;
    agentproto::FrameBuffer in;
    proc::WriteQueue out;
    std::string owner;
    std::uint64_t epoch = 0;
    bool is_waiting = false, is_greeted = false, is_closing = false, has_said_goodbye = false, is_out_watched = false;
  };
  struct StreamEntry {
    std::uint64_t size = 0, sent = 0, acked = 0;
    bool is_spilled = false;
    std::string head;
    proc::Fd file;
  };
  struct TaskEntry {
    std::string token, owner, control_dir;
    agentproto::State state = agentproto::State::unknown;
    std::uint64_t pid = 0;
    agentproto::Exit exit;
    StreamEntry streams[2];
    bool is_attached = false, is_exit_sent = false;
  };

  bool read_shim();
  bool handle_shim(const agentproto::Frame& frame);
  void accept();
  void read(std::uint64_t id);
  void process(Connection& connection);
  void handle(Connection& connection, const agentproto::Frame& frame);
  void greet(Connection& connection, const agentproto::Hello& hello);
  void on_owner(const agentproto::Owner& message);
  void start(Connection& connection, const agentproto::Start& order);
  Result<agentproto::Spawn> prepare(const Connection& connection, const agentproto::Start& order);
  void query(Connection& connection, const agentproto::Query& query);
  void forget(Connection& connection, const std::string& token);
  void refuse(Connection& connection, std::uint8_t reason, std::string text);
  void drop(std::uint64_t id);
  Connection* find_connection(const std::string& owner);
  TaskEntry* find_task(const Connection& connection, const std::string& token);
  void push(TaskEntry& task);
  void push_stream(Connection& connection, TaskEntry& task, std::uint8_t index);
  void flush();
  /// Whoever listens hears how much memory the container uses, if that is news.
  void tell_memory();
  [[nodiscard]] bool has_running_task() const;
  void update(int fd, std::uint64_t tag, bool wants_out, bool& is_watched) const;
  Result<> write_script(const std::string& control_dir, std::string_view script);
  void leave(std::string control_dir);
  void tidy(bool is_idle);

  LinkOptions options_;
  proc::Fd epoll_, shim_, listener_;
  agentproto::FrameBuffer shim_in_;
  proc::WriteQueue shim_out_;
  bool is_shim_out_watched_ = false, is_ready_ = false;
  std::string instance_, boot_id_;
  std::unordered_map<std::string, std::unique_ptr<TaskEntry>> tasks_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::uint64_t next_id_ = 16;
  /// Control folders of forgotten tasks. A chain of short steps takes them over by rename: making and removing a folder
  /// costs a file system up to ten times as much. Removed as soon as the link has been idle for a moment.
  struct Leftover {
    std::string folder;
    bool is_emptied = false;
  };
  std::deque<Leftover> leftovers_;
  std::size_t untidy_ = 0;  ///< of them, the last ones: still with their script
  std::string chunk_;
  MemoryUse memory_;  ///< as it was told last
  Micros memory_at_ = 0;
  OutputCipher cipher_;
  Fault fault_;
};

}  // namespace windlass::agent
