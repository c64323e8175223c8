#include "kube/credentials.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/base64.h"
#include "proc/run_capture.h"

namespace windlass::kube {

using namespace std::chrono_literals;

namespace {

constexpr auto kReadAgain = 10s;
constexpr std::int64_t kBeforeExpiryMillis = 30'000;
constexpr std::size_t kMaxFile = 1U << 20U;
constexpr auto kPluginLimit = 60s;

Result<std::string> read_whole(const std::string& path) {
  const proc::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat about{};
  if (file.get() < 0 || ::fstat(file.get(), &about) != 0)
    return fail(ErrorKind::unavailable, {"{} cannot be read", "无法读取 {}"}, {path});
  if (!S_ISREG(about.st_mode) || about.st_size > static_cast<off_t>(kMaxFile)) {
    return fail(ErrorKind::invalid, {"{} is no file of a right size", "{} 的大小不合适"}, {path});
  }
  std::string out(kMaxFile, '\0');
  std::size_t have = 0;
  for (;;) {
    const auto count = ::read(file.get(), out.data() + have, out.size() - have);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(ErrorKind::unavailable, {"{} cannot be read", "无法读取 {}"}, {path});
    if (count == 0 || have + static_cast<std::size_t>(count) == out.size()) break;
    have += static_cast<std::size_t>(count);
  }
  out.resize(have);
  return out;
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  return text;
}

bool may_go_there(const net::Url& server) {
  if (server.is_tls() || server.host == "localhost") return true;
  const auto address = net::parse_ip(server.host);
  return address && ((address->size() == 4 && (*address)[0] == 127) || server.host == "::1");
}

}  // namespace

std::string Surroundings::variable(std::string_view name) const {
  for (const auto& one : environment) {
    if (one.size() > name.size() && one[name.size()] == '=' && one.starts_with(name))
      return one.substr(name.size() + 1);
  }
  return {};
}

Surroundings real_surroundings(std::vector<std::string> environment) {
  return {[] {
            return std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                .count();
          },
          read_whole,
          [] {
            std::uint64_t out = 0;
            // Eight bytes are given whole or not at all, and after the start of the system always given.
            if (::getrandom(&out, sizeof out, 0) != sizeof out) std::abort();
            return out;
          },
          std::move(environment)};
}

Credentials::Credentials(boost::asio::io_context& io, rt::Timers& timers, Access access, Surroundings surroundings)
    : io_(io),
      timers_(timers),
      access_(std::move(access)),
      surroundings_(std::move(surroundings)),
      plugin_ended_(io, timers) {
  token_.path = access_.identity.token_file;
  authority_.path = access_.authority.file;
  certificate_.path = access_.identity.certificate.file;
  key_.path = access_.identity.key.file;
}

Result<std::string> Credentials::content(Kept& kept, const std::string& what) {
  const auto now = timers_.now();
  if (kept.there && now - kept.read_at < kReadAgain) return kept.content;
  auto read = surroundings_.read_file(kept.path);
  // While a file is being exchanged, what it held before may still be right.
  if (!read && kept.there) return kept.content;
  if (!read) return fail(read.error().kind, {"{}: {}", "{}：{}"}, {what, read.error()});
  kept.content = std::move(*read);
  kept.read_at = now;
  kept.there = true;
  return kept.content;
}

Result<std::string> Credentials::content(const DataOrFile& from, Kept& kept, const std::string& what) {
  if (!from.data.empty()) return from.data;
  if (from.file.empty()) return std::string();
  return content(kept, what);
}

bool Credentials::plugin_is_current() const {
  return has_printed_ &&
         (printed_.expires == 0 || surroundings_.wall_millis() < printed_.expires - kBeforeExpiryMillis);
}

rt::Task<> Credentials::run_plugin(rt::Timers::Moment deadline) {
  while (plugin_runs_) {
    if (!co_await plugin_ended_.wait(deadline)) {
      co_return fail(ErrorKind::timeout, {"the credential program {} takes too long", "凭据程序 {} 耗时过长"},
                     {access_.identity.exec->command});
    }
    if (plugin_is_current()) co_return Result<>();
  }
  plugin_runs_ = true;
  if (!worker_) worker_ = std::make_unique<rt::Worker>(io_);
  const auto& plugin = *access_.identity.exec;
  auto authority = content(access_.authority, authority_, "the authority's certificate");
  proc::CaptureOptions run;
  run.argv = {plugin.command};
  run.argv.insert(run.argv.end(), plugin.arguments.begin(), plugin.arguments.end());
  run.env = surroundings_.environment;
  const auto set = [&](const std::string& name, const std::string& value) {
    std::erase_if(run.env, [&](const std::string& one) { return one.starts_with(name + "="); });
    run.env.push_back(name + "=" + value);
  };
  for (const auto& [name, value] : plugin.environment) set(name, value);
  set("KUBERNETES_EXEC_INFO", exec_info(plugin, access_, authority ? *authority : std::string()));
  // Its own limit, not that of the call that needs it first: others wait for it too.
  run.limit = std::chrono::milliseconds(kPluginLimit);
  run.max_bytes = kMaxFile;
  auto ran = co_await worker_->run([run] { return proc::run_capture(run); });
  plugin_runs_ = false;
  plugin_ended_.notify();
  const auto hint = plugin.install_hint.empty() ? std::string() : "; " + plugin.install_hint.substr(0, 500);
  if (!ran) {
    co_return fail(ran.error().kind == ErrorKind::timeout ? ErrorKind::timeout : ErrorKind::unavailable,
                   "the credential program " + plugin.command + " does not run: " + ran.error().message + hint);
  }
  if (ran->status.code != 0) {
    auto said = trimmed(ran->err.substr(0, 300));
    std::replace_if(said.begin(), said.end(), [](unsigned char c) { return c < 0x20; }, ' ');
    co_return fail(ErrorKind::unavailable, "the credential program " + plugin.command + " ended with exit code " +
                                               std::to_string(ran->status.code) + (said.empty() ? "" : ": " + said) +
                                               hint);
  }
  auto printed = parse_exec_credential(ran->out, plugin);
  if (!printed) co_return fail(std::move(printed).error());
  if (printed->certificate != printed_.certificate) certificate_changed_ = has_printed_;
  printed_ = std::move(*printed);
  has_printed_ = true;
  co_return Result<>();
}

rt::Task<std::vector<std::pair<std::string, std::string>>> Credentials::headers(rt::Timers::Moment deadline) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto& who = access_.identity;
  std::string token = who.token;
  if (!who.token_file.empty()) {
    token = trimmed(WL_CO_TRY(content(token_, "the token")));
    if (token.empty()) co_return fail(ErrorKind::unavailable, "the token: " + who.token_file + " is empty");
  } else if (token.empty() && who.exec) {
    if (!plugin_is_current()) WL_CO_TRY_VOID(co_await run_plugin(deadline));
    token = printed_.token;
  }
  if (token.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    co_return fail(ErrorKind::invalid, "the token has a line break in it");
  }
  if (may_go_there(access_.server)) {
    if (!token.empty()) {
      out.emplace_back("Authorization", "Bearer " + token);
    } else if (!who.user.empty()) {
      out.emplace_back("Authorization", "Basic " + data::encode_base64(who.user + ":" + who.password));
    }
  }
  if (!who.impersonate.empty()) out.emplace_back("Impersonate-User", who.impersonate);
  for (const auto& group : who.impersonate_groups) out.emplace_back("Impersonate-Group", group);
  for (const auto& [key, value] : who.impersonate_extra) out.emplace_back("Impersonate-Extra-" + key, value);
  co_return out;
}

bool Credentials::refused() {
  const auto& who = access_.identity;
  if (!who.token_file.empty()) {
    const auto before = token_.content;
    token_.read_at = timers_.now() - kReadAgain;
    const auto now = content(token_, "the token");
    return now && *now != before;
  }
  if (who.exec && has_printed_) {
    has_printed_ = false;
    return true;
  }
  return false;
}

Result<std::string> Credentials::certificate() {
  const auto& who = access_.identity;
  if (who.exec && has_printed_ && !printed_.certificate.empty()) return printed_.certificate;
  return content(who.certificate, certificate_, "the client's certificate");
}

Result<std::shared_ptr<net::TlsClientContext>> Credentials::tls() {
  const auto& who = access_.identity;
  net::TlsClientOptions options;
  options.verify = !access_.skip_tls_verify;
  options.authorities = WL_TRY(content(access_.authority, authority_, "the authority's certificate"));
  options.certificate = WL_TRY(certificate());
  options.key = who.exec && has_printed_ && !printed_.key.empty() ? printed_.key
                                                                  : WL_TRY(content(who.key, key_, "the client's key"));
  auto made_of = options.authorities + '\0' + options.certificate + '\0' + options.key;
  if (context_ && made_of == context_made_of_) return context_;
  context_ = WL_TRY(net::TlsClientContext::make(options));
  context_made_of_ = std::move(made_of);
  return context_;
}

}  // namespace windlass::kube
