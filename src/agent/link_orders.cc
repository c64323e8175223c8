// What a server orders: start, query, stop, forget.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unordered_set>

#include "agent/interpreter.h"
#include "agent/link.h"
#include "agent/state_folder.h"
#include "proc/spawn.h"

namespace windlass::agent {

using namespace agentproto;

namespace {

std::string script_path(const std::string& control_dir) { return control_dir + "/script.sh"; }

std::string_view path_of(const std::vector<std::string>& env) {
  for (const auto& entry : env) {
    if (entry.starts_with("PATH=")) return std::string_view(entry).substr(5);
  }
  return "/usr/local/bin:/usr/bin:/bin";
}

bool is_empty_folder(const std::string& path) {
  DIR* folder = ::opendir(path.c_str());
  if (folder == nullptr) return false;
  int entries = 0;
  while (::readdir(folder) != nullptr) ++entries;
  ::closedir(folder);
  return entries <= 2;
}

/// Variables of `more` replace those of the same name.
std::vector<std::string> on_top_of(const std::vector<std::string>& base, const std::vector<std::string>& more) {
  std::unordered_set<std::string_view> names;
  for (const auto& entry : more) names.insert(std::string_view(entry).substr(0, entry.find('=')));
  std::vector<std::string> out;
  for (const auto& entry : base) {
    if (!names.contains(std::string_view(entry).substr(0, entry.find('=')))) out.push_back(entry);
  }
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

bool is_absolute(const std::string& path) {
  return !path.empty() && path.front() == '/' && path.find('\0') == std::string::npos;
}

}  // namespace

void Link::handle(Connection& connection, const Frame& frame) {
  if (!connection.is_greeted) {
    auto hello = parse<Hello>(frame);
    if (!hello || hello->owner.empty()) {
      refuse(connection, kRefusedProtocol, "the first frame must be a Hello with an owner");
      return;
    }
    greet(connection, *hello);
    return;
  }
  bool is_understood = true;
  switch (frame.type) {
    case Type::start:
      if (auto message = parse<Start>(frame)) {
        start(connection, *message);
      } else {
        is_understood = false;
      }
      break;
    case Type::query:
      if (auto message = parse<Query>(frame)) {
        query(connection, *message);
      } else {
        is_understood = false;
      }
      break;
    case Type::ack:
      if (auto message = parse<Ack>(frame); message && message->stream < 2) {
        fault_.pass("ack");
        if (auto* task = find_task(connection, message->token)) {
          auto& stream = task->streams[message->stream];
          stream.acked = std::max(stream.acked, std::min(message->offset, stream.sent));
          push(*task);
        }
      } else {
        is_understood = false;
      }
      break;
    case Type::stop:
      if (auto message = parse<Stop>(frame)) {
        if (find_task(connection, message->token) != nullptr) append_frame(shim_out_.tail(), *message);
      } else {
        is_understood = false;
      }
      break;
    case Type::forget:
      if (auto message = parse<Forget>(frame)) {
        forget(connection, message->token);
      } else {
        is_understood = false;
      }
      break;
    case Type::kill_cookie:
      if (auto message = parse<KillCookie>(frame)) {
        append_frame(shim_out_.tail(), *message);
      } else {
        is_understood = false;
      }
      break;
    case Type::ping:
      if (auto message = parse<Ping>(frame)) append_frame(connection.out.tail(), Pong{message->nonce});
      break;
    case Type::pong:
      break;
    case Type::goodbye:
      connection.has_said_goodbye = true;
      std::erase_if(tasks_, [&](const auto& item) {
        const bool is_theirs = item.second->owner == connection.owner;
        if (is_theirs) leave(std::move(item.second->control_dir));
        return is_theirs;
      });
      append_frame(shim_out_.tail(),
                   Owner{.owner = connection.owner, .epoch = connection.epoch, .state = kOwnerGoodbye});
      break;
    case Type::hello:
    case Type::welcome:
    case Type::refused:
    case Type::started:
    case Type::start_failed:
    case Type::output:
    case Type::exit:
    case Type::known:
    case Type::cookie_killed:
    case Type::surroundings:
    case Type::memory:
    case Type::spawn:
    case Type::task:
    case Type::table:
    case Type::grown:
    case Type::owner:
      is_understood = false;
  }
  if (!is_understood) {
    refuse(connection, kRefusedProtocol,
           "frame of type " + std::to_string(static_cast<unsigned>(frame.type)) + " is damaged or not for an agent");
  }
}

Link::TaskEntry* Link::find_task(const Connection& connection, const std::string& token) {
  const auto found = tasks_.find(token);
  return found == tasks_.end() || found->second->owner != connection.owner ? nullptr : found->second.get();
}

void Link::start(Connection& connection, const Start& order) {
  if (auto* known = find_task(connection, order.token)) {
    if (!known->is_attached) {
      known->is_attached = true;
      known->is_exit_sent = false;
      for (auto& stream : known->streams) stream.sent = stream.acked = 0;
    }
    // A task that the shim is just starting answers by itself.
    if (known->state == State::lost) {
      append_frame(connection.out.tail(), Known{.items = {{order.token, State::lost}}});
    } else if (known->state != State::unknown) {
      append_frame(connection.out.tail(), Started{order.token, known->pid});
      push(*known);
    }
    return;
  }
  if (tasks_.contains(order.token)) {
    append_frame(connection.out.tail(), StartFailed{order.token, "this token belongs to another owner"});
    return;
  }
  auto spawn = prepare(connection, order);
  if (!spawn) {
    append_frame(connection.out.tail(), StartFailed{order.token, spawn.error().text()});
    return;
  }
  fault_.pass("prepared");
  auto task = std::make_unique<TaskEntry>();
  task->token = order.token;
  task->owner = connection.owner;
  task->control_dir = order.control_dir;
  task->is_attached = true;
  tasks_[order.token] = std::move(task);
  append_frame(shim_out_.tail(), *spawn);
  shim_out_.flush(shim_.get());
  fault_.pass("handed-over");
}

Result<Spawn> Link::prepare(const Connection& connection, const Start& order) {
  if (!is_valid_token(order.token)) return fail(ErrorKind::invalid, "not a task token: " + order.token);
  Spawn spawn{.token = order.token, .owner = connection.owner, .capture_stdout = order.capture_stdout};
  spawn.cwd = order.cwd;
  spawn.cookie = order.cookie;
  spawn.env = order.inherit_env != 0 ? on_top_of(options_.environment, order.env) : order.env;
  if (!is_absolute(order.cwd))
    return fail(ErrorKind::invalid, "the folder to run in is not an absolute path: " + order.cwd);
  struct stat status{};
  if (::stat(order.cwd.c_str(), &status) != 0) WL_CHECK_OK(proc::ensure_folder(order.cwd, 0755));
  if (order.mode == kModeArgv) {
    if (order.argv.empty()) return fail(ErrorKind::invalid, "no command to run");
    spawn.kind = kKindArgv;
    spawn.program = WL_TRY(proc::find_program(order.argv[0], path_of(spawn.env)));
    spawn.argv = order.argv;
    return spawn;
  }
  if (!is_absolute(order.control_dir)) {
    return fail(ErrorKind::invalid, "the control folder is not an absolute path: " + order.control_dir);
  }
  spawn.control_dir = order.control_dir;
  WL_CHECK_OK(write_script(order.control_dir, order.script));
  std::vector<std::string> interpreter;
  if (auto words = parse_hash_bang(order.script)) {
    if (words->empty()) return fail(ErrorKind::invalid, "the script's #! line names no interpreter");
    spawn.kind = kKindHashBang;
    spawn.program = words->front();
    interpreter = std::move(*words);
  } else {
    spawn.program = "/bin/sh";
    interpreter = {order.argv.empty() ? "sh" : "/bin/sh", "-xe"};
  }
  if (!order.argv.empty()) {
    spawn.kind = kKindArgv;
    spawn.program = WL_TRY(proc::find_program(order.argv[0], path_of(spawn.env)));
    spawn.argv = order.argv;
  }
  spawn.argv.insert(spawn.argv.end(), interpreter.begin(), interpreter.end());
  spawn.argv.push_back(script_path(order.control_dir));
  return spawn;
}

void Link::query(Connection& connection, const Query& query) {
  Known known;
  std::vector<TaskEntry*> attached;
  for (const auto& item : query.items) {
    auto* task = find_task(connection, item.token);
    known.items.push_back({item.token, task == nullptr ? State::unknown : task->state});
    if (task == nullptr || task->state == State::lost) continue;
    // Handed to the shim by a start that is still under way: it counts as running.
    if (task->state == State::unknown) known.items.back().state = State::running;
    task->is_attached = true;
    task->is_exit_sent = false;
    task->streams[0].sent = task->streams[0].acked = std::min(item.log_offset, task->streams[0].size);
    task->streams[1].sent = task->streams[1].acked = std::min(item.out_offset, task->streams[1].size);
    attached.push_back(task);
  }
  append_frame(connection.out.tail(), known);
  for (auto* task : attached) push(*task);
}

void Link::forget(Connection& connection, const std::string& token) {
  fault_.pass("forget");
  auto* task = find_task(connection, token);
  if (task == nullptr) return;
  leave(std::move(task->control_dir));
  append_frame(shim_out_.tail(), Forget{token});
  tasks_.erase(token);
}

Result<> Link::write_script(const std::string& control_dir, std::string_view script) {
  const auto parent = [](std::string_view path) { return path.substr(0, path.rfind('/')); };
  bool is_made = false;
  for (std::size_t i = 0; i < leftovers_.size() && !is_made; ++i) {
    auto& left = leftovers_[i];
    if (!left.is_emptied || parent(left.folder) != parent(control_dir)) continue;
    is_made = ::rename(left.folder.c_str(), control_dir.c_str()) == 0;
    if (is_made) leftovers_.erase(leftovers_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  // Else the usual case is a folder that is not there below one that is: one call.
  if (!is_made && ::mkdir(control_dir.c_str(), 0755) != 0 && errno != EEXIST) {
    // It is its own user's alone; those above it may be shared.
    WL_CHECK_OK(proc::ensure_folder(std::string(parent(control_dir)), 0755));
    if (::mkdir(control_dir.c_str(), 0755) != 0 && errno != EEXIST) {
      WL_CHECK_OK(proc::ensure_folder(control_dir, 0755));
    }
  }
  const std::string path = script_path(control_dir);
  // A script that a survivor of an earlier task may still be reading is never written into: always a new file.
  int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
  if (fd < 0 && errno == EEXIST && ::unlink(path.c_str()) == 0) {
    fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
  }
  const proc::Fd file(fd);
  if (!file.is_open()) {
    return fail(ErrorKind::unavailable, "cannot write the script " + path + ": " + std::strerror(errno));
  }
  while (!script.empty()) {
    const auto count = ::write(file.get(), script.data(), script.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      return fail(ErrorKind::unavailable, "cannot write the script " + path + ": " + std::strerror(errno));
    }
    script.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

void Link::leave(std::string control_dir) {
  if (control_dir.empty()) return;
  leftovers_.push_back({.folder = std::move(control_dir)});
  ++untidy_;
}

void Link::tidy(bool is_idle) {
  constexpr std::size_t kMostKept = 64;
  if (untidy_ > 0) {
    auto left = leftovers_.begin() + static_cast<std::ptrdiff_t>(leftovers_.size() - untidy_--);
    ::unlink(script_path(left->folder).c_str());
    left->is_emptied = is_empty_folder(left->folder);
    // What the build itself put there stays, and so does the folder.
    if (!left->is_emptied) leftovers_.erase(left);
  }
  while (!leftovers_.empty() && untidy_ == 0 && (is_idle || leftovers_.size() > kMostKept)) {
    ::rmdir(leftovers_.front().folder.c_str());
    leftovers_.pop_front();
  }
}

}  // namespace windlass::agent
