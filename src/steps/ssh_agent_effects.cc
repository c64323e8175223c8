// sshagent.start and sshagent.stop: an ssh-agent of its own for a body, with the keys of some credentials. The agent is
// a daemon and outlives this program; the lease holds what it takes to end it.
//
// Invariant: keys lie in a 0700 folder only while ssh-add reads them; passphrases reach it by a program that prints a
// file, never by arguments or environment. Kind keyed: a repeated start uses the same socket and begins afresh.
#include <filesystem>

#include "steps/bound.h"
#include "steps/credential_store.h"
#include "steps/families.h"
#include "steps/place_files.h"
#include "steps/secret_folder.h"
#include "steps/tool_process.h"
#include "text/shell_quote.h"

namespace windlass::steps {

namespace {

using data::Value;

constexpr std::size_t kMostSocketPath = 100;  // sockaddr_un holds 108 bytes

/// The socket's path: in the secret folder, or in /tmp where that would be too long for a socket.
std::string socket_path(const EffectContext& context, const std::string& folder) {
  auto path = folder + "/agent.sock";
  if (path.size() <= kMostSocketPath) return path;
  return "/tmp/windlass-ssh-" + effect_uuid(context, "socket");
}

std::expected<std::vector<Value>, StepError> wanted_keys(EffectContext& context, const Value& arguments) {
  std::vector<Value> keys;
  const auto* ids = arguments.find("credentials");
  if (ids == nullptr) return keys;
  for (const auto& id : ids->items()) {
    auto found = context.run.credential(id.text());
    if (found && credential_type(*found) == CredentialType::ssh_key) {
      keys.push_back(std::move(*found));
    } else if (flag_of(arguments, "ignoreMissing")) {
      log_line(context, "[ssh-agent] Could not find specified credentials: " + id.text());
    } else {
      return abort_with("[ssh-agent] Could not find specified credentials");
    }
  }
  return keys;
}

/// ID of `SSH_AGENT_PID=123; export …`.
std::string agent_pid(const std::string& printed) {
  constexpr std::string_view kName = "SSH_AGENT_PID=";
  const auto at = printed.find(kName);
  if (at == std::string::npos) return {};
  const auto from = at + kName.size();
  return printed.substr(from, printed.find_first_not_of("0123456789", from) - from);
}

Result<void> add_key(EffectContext& context, const std::string& folder, const std::string& socket, const Value& key,
                     std::size_t number) {
  auto text = key.get_string("privateKey");
  if (!text.ends_with('\n')) text += '\n';
  const auto file = WL_TRY(write_secret(folder, "private_key_" + std::to_string(number) + ".key", text));
  ToolOptions options;
  options.variables = {{"SSH_AUTH_SOCK", socket}};
  if (const auto passphrase = key.get_string("passphrase"); !passphrase.empty()) {
    context.run.mask(passphrase);
    const auto kept = WL_TRY(write_secret(folder, "passphrase_" + std::to_string(number), passphrase));
    const auto script = WL_TRY(write_secret(folder, "askpass_" + std::to_string(number) + ".sh",
                                            "#!/bin/sh\ncat " + text::shell_quote_always(kept) + "\n", 0500));
    options.variables.insert(options.variables.end(),
                             {{"SSH_ASKPASS", script}, {"SSH_ASKPASS_REQUIRE", "force"}, {"DISPLAY", ":0"}});
  }
  options.join_err = true;
  log_line(context, "Running ssh-add (command line suppressed)");
  auto added = WL_TRY(run_tool(context, {"ssh-add", file}, options));
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.is_regular_file(ignored)) std::filesystem::remove(entry.path(), ignored);
  }
  log_output(context, added.out);
  if (added.status.code != 0) return fail(ErrorKind::unavailable, "Failed to run ssh-add");
  return {};
}

Outcome start(EffectContext& context, const Value& arguments) {
  auto keys = wanted_keys(context, arguments);
  if (!keys) return std::unexpected(std::move(keys).error());
  auto folder = make_secret_folder(context, "ssh-agent");
  if (!folder) return io_error(folder.error());
  for (const auto& key : *keys) {
    const auto user = key.get_string("username");
    const auto description = key.get_string("description");
    log_line(context, "[ssh-agent] Using credentials " + user + (description.empty() ? "" : " (" + description + ")"));
  }
  log_line(context, "[ssh-agent] Looking for ssh-agent implementation...");
  const auto socket = socket_path(context, *folder);
  std::error_code ignored;
  std::filesystem::remove(socket, ignored);
  auto give_up = [&](const std::string& why) -> Outcome {
    if (auto gone = remove_secret_folder(*folder); !gone) log_line(context, gone.error().message);
    return abort_with(why);
  };
  auto started = run_tool(context, {"ssh-agent", "-s", "-a", socket});
  if (!started) return give_up("[ssh-agent] Could not find a suitable ssh-agent provider: " + started.error().message);
  if (started->status.code != 0) return give_up("[ssh-agent] Failed to start ssh-agent: " + started->err);
  const auto pid = agent_pid(started->out);
  log_line(context, "[ssh-agent]   Exec ssh-agent (binary ssh-agent on a remote machine)");
  log_line(context, "$ ssh-agent\nSSH_AUTH_SOCK=" + socket + "\nSSH_AGENT_PID=" + pid);
  std::size_t number = 0;
  for (const auto& key : *keys) {
    if (auto added = add_key(context, *folder, socket, key, ++number); !added) {
      static_cast<void>(
          run_tool(context, {"ssh-agent", "-k"}, {.variables = {{"SSH_AUTH_SOCK", socket}, {"SSH_AGENT_PID", pid}}}));
      return give_up(added.error().message);
    }
  }
  log_line(context, "[ssh-agent] Started.");
  Bound bound;
  bound.set("SSH_AUTH_SOCK", socket);
  bound.set("SSH_AGENT_PID", pid);
  auto result = std::move(bound).result();
  result.set("lease", Value::map_of("pid", pid, "socket", socket, "folder", *folder));
  return result;
}

Outcome stop(EffectContext& context, const Value& arguments) {
  const auto* lease = arguments.find("lease");
  if (lease == nullptr) return EffectResult();
  auto ended = run_tool(
      context, {"ssh-agent", "-k"},
      {.variables = {{"SSH_AUTH_SOCK", lease->get_string("socket")}, {"SSH_AGENT_PID", lease->get_string("pid")}},
       .join_err = true});
  log_line(context, "$ ssh-agent -k");
  if (ended) log_output(context, ended->out);
  log_line(context, "[ssh-agent] Stopped.");
  if (auto gone = remove_secret_folder(lease->get_string("folder")); !gone) return io_error(gone.error());
  return EffectResult();
}

constexpr EffectDescription kEffects[] = {
    {"sshagent.start", EffectKind::keyed, true, start, nullptr, stop},
    {"sshagent.stop", EffectKind::keyed, true, stop},
};

}  // namespace

std::span<const EffectDescription> ssh_agent_effects() { return kEffects; }

}  // namespace windlass::steps
