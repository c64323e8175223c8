// The shim: forks every shell, keeps its output, waits for it, knows how it ended. One per state folder; may be
// process 1.
//
// Single-threaded, one epoll; it waits for nothing but the kernel's regular files. It does not understand the server:
// the link does, and the shim starts the link again whenever it dies. The invariant: a task is in `tasks_` (and, with
// its pid, in the ledger) from the moment its process exists until it is forgotten, and a token is spawned at most
// once. Source: docs/formats/agent.md.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/clock.h"
#include "agent/ledger.h"
#include "agent/output_cipher.h"
#include "agent/output_stream.h"
#include "agentproto/codec.h"
#include "base/fault.h"
#include "base/result.h"
#include "proc/fd.h"
#include "proc/tree.h"
#include "proc/write_queue.h"

namespace windlass::agent {

/// Of an agent that calls its server by itself, as those in pods do.
struct DialOptions {
  std::string url;          ///< empty: it waits to be called
  std::string name;         ///< which agent it is
  std::string pod;          ///< the uid of the pod in which it is
  std::string secret;       ///< that proves it: the pod's, then what the server gives for it
  std::string authorities;  ///< that sign the server's certificate: PEM or a path; empty: the image's
  std::string others;       ///< folder that holds the state folders of the pod's other containers
};

struct ShimOptions {
  std::string state_dir;
  std::string program;  ///< this binary, to start the link from
  /// Handed down by whoever started us, or closed: the shim takes them itself.
  proc::Fd lock, listener, direct_listener;
  Micros exit_when_idle = 0;  ///< that long without an owner; 0: never
  Micros abandon_after = 24 * 3600 * kSecond;
  Micros abandon_aborted_after = 3600 * kSecond;
  DialOptions dial;
  /// The processes of other users of the machine, which is a pod, may speak to the link.
  bool is_open_to_pod = false;
  /// What tasks with inherit_env begin with: the container's environment without what is the agent's alone.
  std::vector<std::string> environment;
  std::string shim_fault, link_fault;  ///< crash tests only
};

class Shim {
 public:
  explicit Shim(ShimOptions options);
  ~Shim();
  /// Lives until there is nothing left to live for. Returns the exit code: 0, 75 (another shim has this folder), 1.
  int run();

 private:
  struct TaskEntry {
    agentproto::Task record;
    OutputStream streams[2];
    std::uint64_t told[2] = {0, 0};  ///< bytes the link knows of
    bool told_spill = false;
    std::uint64_t serial = 0;
    Micros started_at = 0, quiet_until = 0;
    Micros pumped_at[2] = {0, 0};
    bool is_watched = false, is_dirty = false, is_stop_ordered = false;
  };
  /// A pipe that is not looked at for a moment.
  struct Rest {
    std::uint64_t tag = 0;
    Micros until = 0;
  };
  /// A tree that is being ended: SIGTERM was sent, SIGKILL follows.
  struct Ladder {
    proc::TreeQuery query;
    Micros kill_at = 0;
    int kills = 0;
    std::uint32_t ended = 0;
    bool is_cookie = false;
    std::string cookie;       ///< of KillCookie …
    std::uint64_t asker = 0;  ///< … and which link wants the answer
  };
  struct OwnerEntry {
    std::uint64_t epoch = 0;
    std::uint8_t state = agentproto::kOwnerDisconnected;
    Micros since = 0;
    std::uint64_t link = 0;  ///< which one serves it, while connected
  };
  /// Whoever speaks for servers: the link process, or a server on this machine that has the link in itself.
  struct LinkChannel {
    std::uint64_t id = 0;
    std::int64_t pid = 0;  ///< of the link process; 0: a server, not our child
    proc::Fd socket;
    agentproto::FrameBuffer in;
    proc::WriteQueue out;
    bool is_out_watched = false;
  };

  Result<> prepare();
  Result<> adopt_former_shim();
  void start_link_process();
  void start_dialer();
  void on_dialer_ended(int wait_status);
  /// As at SIGTERM: what runs is ended, then the shim.
  void begin_to_end();
  void await_server();
  void accept_direct();
  LinkChannel& add_link(proc::Fd socket, std::int64_t pid);
  void read_link(std::uint64_t id);
  void lose_link(std::uint64_t id);
  void on_link_process_ended(std::int64_t pid);
  void handle(LinkChannel& link, const agentproto::Frame& frame);
  void on_owner(LinkChannel& link, const agentproto::Owner& message);
  void introduce(LinkChannel& link, TaskEntry& task);
  bool is_served_by(const std::string& owner, const LinkChannel& link) const;
  void spawn(LinkChannel& link, const agentproto::Spawn& spawn);
  void on_child_signal();
  void on_main_ended(TaskEntry& task, int wait_status);
  void end_task(TaskEntry& task, int code, int signal);
  void stop(TaskEntry& task, Micros grace);
  void forget(const std::string& token);
  void kill_cookie(LinkChannel& link, const agentproto::KillCookie& order);
  void forget_all_of(const std::string& owner);
  bool has_foreign_children() const;
  void add_ladder(Ladder ladder);
  void climb(bool children_changed);
  void mark(TaskEntry& task);
  void tell_links();
  void watch(TaskEntry& task);
  void unwatch(int pipe);
  void on_pipe(std::uint64_t tag);
  /// The stream of a pipe's event; null: its task is forgotten.
  OutputStream* find_stream(std::uint64_t tag);
  /// For what is read of a pipe: as much as one of ours holds.
  std::span<char> room() { return {room_.get(), kRoom}; }
  void watch_pipe(std::uint64_t tag, bool wanted);
  /// Who writes line by line without pause would wake the shim, and a server, for each of them: such a pipe rests for a
  /// moment, in which it can hold far more than that.
  void rest_if_busy(TaskEntry& task, std::uint64_t tag);
  void watch_folder();
  /// Where the folder is gone its sockets went with it: whoever is not connected now can never come back, and is waited
  /// for no longer.
  void on_folder_event();
  Micros next_deadline() const;
  void on_deadlines();
  bool may_end_when_idle() const;
  bool is_done();
  void abandon_owners();
  /// What the ledger is to know of it from now on.
  void write_down(const TaskEntry& task);
  /// Without what is forgotten, once the ledger is twice what it was after the last time: it stays in proportion to
  /// what is kept, however long there is always a task.
  void compact();
  void rewrite_ledger();
  void report_trouble(const Result<>& result);
  LinkChannel* find_link(std::uint64_t id);
  /// To the link that serves an owner; to nobody while he is away: he asks when he is back.
  template <class Message>
  void send(const std::string& owner, const Message& message) {
    const auto found = owners_.find(owner);
    if (found == owners_.end() || found->second.state != agentproto::kOwnerConnected) return;
    if (auto* link = find_link(found->second.link)) agentproto::append_frame(link->out.tail(), message);
  }

  ShimOptions options_;
  std::string instance_, boot_id_;
  proc::Fd epoll_, signals_, folder_watch_;
  std::map<std::uint64_t, std::unique_ptr<LinkChannel>> links_;
  std::uint64_t next_link_ = 1;
  std::int64_t link_pid_ = 0;  ///< of the link process, from its start until it is reaped
  Micros link_started_at_ = 0, link_restart_at_ = 0;
  std::int64_t dialer_pid_ = 0;
  Micros dialer_restart_at_ = 0;
  proc::Fd kept_secret_;  ///< where a dialer leaves what the server gave it; looked at before the next one starts
  int quick_deaths_ = 0;
  bool is_stopping_ = false;
  Micros stop_deadline_ = 0, idle_since_ = 0;
  OutputCipher cipher_;  ///< of what lies on disk: output files, heads in the ledger
  Ledger ledger_;
  std::uint64_t rewritten_size_ = 0;
  static constexpr std::size_t kRoom = 256U << 10U;
  const std::unique_ptr<char[]> room_ = std::make_unique_for_overwrite<char[]>(kRoom);
  std::unordered_map<std::string, std::unique_ptr<TaskEntry>> tasks_;
  std::unordered_map<std::int64_t, TaskEntry*> by_pid_;
  std::unordered_map<std::uint64_t, TaskEntry*> by_serial_;
  std::vector<TaskEntry*> dirty_, quiet_;
  std::vector<Rest> resting_;
  std::unordered_map<int, proc::Fd> orphans_;  ///< pipes that survivors of ended tasks still hold
  std::vector<Ladder> ladders_;
  std::map<std::string, OwnerEntry> owners_;
  std::uint64_t next_serial_ = 1;
  Fault fault_;
};

}  // namespace windlass::agent
