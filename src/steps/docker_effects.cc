// docker.program, docker.login and docker.server: which container program a node has, and what withDockerRegistry and
// withDockerServer lend to their bodies. Texts: pipeline-language 6.10.
//
// Invariant: a registry's password reaches the program by standard input, never by an argument (T39); its login lives
// in a folder of its own and is gone after the body.
#include "data/json.h"
#include "proc/spawn.h"
#include "steps/bound.h"
#include "steps/credential_store.h"
#include "steps/families.h"
#include "steps/place_files.h"
#include "steps/secret_folder.h"
#include "steps/tool_process.h"

namespace windlass::steps {

namespace {

using data::Value;

constexpr std::string_view kNoProgram =
    "this step needs docker or podman, and neither is on the PATH of this node; install one (Debian: docker.io or "
    "podman)";

/// `docker` where there is one, else `podman`.
std::expected<std::string, StepError> container_program(const EffectContext& context, const std::string& tool) {
  if (const auto folder = tool.empty() ? "" : context.run.fact("tool:" + tool); !folder.empty()) {
    return folder + "/bin/docker";
  }
  const auto path = environment_variable(context.place, "PATH");
  for (const char* name : {"docker", "podman"}) {
    if (proc::find_program(name, path)) return std::string(name);
  }
  return abort_with(std::string(kNoProgram));
}

Outcome program(EffectContext& context, const Value& arguments) {
  auto found = container_program(context, text_of(arguments, "toolName"));
  if (!found) return std::unexpected(std::move(found).error());
  return Value(std::move(*found));
}

/// The user's own configuration without logins: proxies and the like stay.
std::string own_configuration(EffectContext& context) {
  auto folder = environment_variable(context.place, "DOCKER_CONFIG");
  if (folder.empty()) folder = environment_variable(context.place, "HOME") + "/.docker";
  auto root = machine_root();
  if (!root) return "{}";
  auto bytes = root->read(folder + "/config.json", 1U << 20U);
  if (!bytes) return "{}";
  auto parsed = data::parse_json(*bytes);
  if (!parsed || !parsed->is_map()) return "{}";
  for (const char* member : {"auths", "credsStore", "credHelpers"}) parsed->mutable_members().erase(member);
  return data::format_json(*parsed);
}

Outcome login(EffectContext& context, const Value& arguments) {
  Bound bound;
  const auto id = text_of(arguments, "credentialsId");
  if (id.empty()) return std::move(bound).result();
  auto found = find_credential(context, id, {CredentialType::username_password});
  if (!found) return std::unexpected(std::move(found).error());
  auto docker = container_program(context, text_of(arguments, "toolName"));
  if (!docker) return std::unexpected(std::move(docker).error());
  const auto user = found->get_string("username");
  const auto password = found->get_string("password");
  bound.mask(context, password);
  auto folder = make_secret_folder(context, "docker");
  if (!folder) return io_error(folder.error());
  bound.owns(*folder);
  auto give_up = [&bound](StepError error) -> Outcome {
    bound.release();
    return std::unexpected(std::move(error));
  };
  auto config = write_secret(*folder, "config.json", own_configuration(context), 0600);
  if (!config) return give_up({.java_class = "java.io.IOException", .message = config.error().message, .fields = {}});
  auto url = text_of(arguments, "url");
  if (url.empty()) url = "https://index.docker.io/v1/";
  log_line(context, "$ " + *docker + " login -u " + user + " -p ******** " + url);
  auto done = run_tool(context, {*docker, "login", "-u", user, "--password-stdin", url},
                       {.variables = {{"DOCKER_CONFIG", *folder}, {"REGISTRY_AUTH_FILE", *config}},
                        .input = password,
                        .join_err = true});
  if (!done) return give_up({.message = "docker login failed: " + done.error().message, .fields = {}});
  log_output(context, done->out);
  if (done->status.code != 0) return give_up({.message = "docker login failed", .fields = {}});
  bound.set("DOCKER_CONFIG", *folder);
  bound.set("REGISTRY_AUTH_FILE", *config);
  return std::move(bound).result();
}

Outcome server(EffectContext& context, const Value& arguments) {
  Bound bound;
  const auto uri = text_of(arguments, "uri");
  if (!uri.empty()) bound.set("DOCKER_HOST", uri);
  const auto id = text_of(arguments, "credentialsId");
  if (id.empty()) return std::move(bound).result();
  auto found = find_credential(context, id, {CredentialType::docker_cert});
  if (!found) return std::unexpected(std::move(found).error());
  auto folder = make_secret_folder(context, "docker server");
  if (!folder) return io_error(folder.error());
  bound.owns(*folder);
  static constexpr std::pair<std::string_view, std::string_view> kFiles[] = {
      {"key.pem", "clientKey"}, {"cert.pem", "clientCertificate"}, {"ca.pem", "serverCaCertificate"}};
  for (const auto& [name, member] : kFiles) {
    if (auto written = write_secret(*folder, name, credential_bytes(*found, member)); !written) {
      bound.release();
      return io_error(written.error());
    }
  }
  bound.set("DOCKER_TLS_VERIFY", "1");
  bound.set("DOCKER_CERT_PATH", *folder);
  return std::move(bound).result();
}

constexpr EffectDescription kEffects[] = {
    {"docker.program", EffectKind::read, true, program},
    {"docker.login", EffectKind::keyed, true, login, nullptr, release_lease},
    {"docker.server", EffectKind::keyed, true, server, nullptr, release_lease},
};

}  // namespace

std::span<const EffectDescription> docker_effects() { return kEffects; }

}  // namespace windlass::steps
