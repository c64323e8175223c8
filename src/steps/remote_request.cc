#include "steps/remote_request.h"

#include <algorithm>

#include "steps/artifact_choice.h"
#include "steps/aws_client.h"
#include "steps/charset.h"
#include "steps/credential_store.h"
#include "steps/kube_config.h"
#include "steps/place_files.h"
#include "steps/project_of_run.h"
#include "steps/remote_push.h"
#include "steps/scm_history.h"
#include "steps/secret_folder.h"
#include "text/codec.h"

namespace windlass::steps {

namespace {

using data::Value;
using Done = std::expected<void, StepError>;

/// Folders of the server are not among them: over there they name nothing. `run_folder` only makes names unique.
constexpr std::string_view kFacts[] = {"job",        "number",      "display_name",    "result",
                                       "user",       "url",         "previous_result", "run_folder",
                                       "scm_branch", "scm_url",     "started_millis",  "upstream_number",
                                       "tools",      "typed_tools", "checkout_retries"};

void add_facts(RunServices& run, RemoteRequest& request) {
  auto add = [&](const std::string& name) {
    if (auto value = run.fact(name); !value.empty()) request.facts[name] = std::move(value);
  };
  for (const auto name : kFacts) add(std::string(name));
  for (auto all = run.fact("tools"); !all.empty();) {
    const auto end = all.find('\n');
    add("tool:" + all.substr(0, end));
    all.erase(0, end == std::string::npos ? all.size() : end + 1);
  }
}

// ---- secrets
// ---------------------------------------------------------------------------------------------------------

constexpr std::string_view kSecretMembers[] = {"password",  "secret",       "passphrase",  "secretKey",
                                               "accessKey", "clientSecret", "sessionToken"};

/// What of a credential must never be read in the log. Content of files is no secret by itself, as in Jenkins.
void add_secrets(const Value& credential, std::vector<std::string>& out) {
  for (const auto member : kSecretMembers) {
    if (auto text = credential.get_string(member); !text.empty()) out.push_back(std::move(text));
  }
  if (credential.get_bool("usernameSecret")) out.push_back(credential.get_string("username"));
  constexpr std::size_t kLeastLine = 32;  // of a key: long and without blanks
  auto key = credential.get_string("privateKey") + "\n" + credential_bytes(credential, "clientKey");
  for (std::string_view rest = key; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    if (line.size() >= kLeastLine && line.find_first_of(" -\t") == std::string_view::npos) out.emplace_back(line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const auto type = credential_type(credential);
  if (type == CredentialType::file || type == CredentialType::kubeconfig) {
    for (auto& secret : kube_config_secrets(credential)) out.push_back(std::move(secret));
  }
}

void add_credentials(RunServices& run, RemoteRequest& request) {
  for (const auto& id : credential_ids(request.arguments)) {
    auto found = run.credential(id);
    if (found) request.credentials.push_back(std::move(*found));
  }
}

/// Roles are taken here: a pod need not reach AWS for it, and its program has no client. The binding then names a
/// credential of its own with the keys that came back.
Done take_roles(EffectContext& context, RemoteRequest& request) {
  auto* bindings = request.arguments.find("bindings");
  if (bindings == nullptr || !bindings->is_list()) return {};
  std::size_t number = 0;
  for (auto& binding : bindings->mutable_items()) {
    ++number;
    if (binding.get_string("$class") != "aws") continue;
    const auto id = binding.get_string("credentialsId");
    const auto found = context.run.credential(id);
    if (!found) continue;  // the effect itself says so
    auto role = binding.get_string("roleArn", found->get_string("iamRoleArn"));
    if (role.empty()) continue;
    const bool pair = credential_type(*found) == CredentialType::username_password;
    const AwsKeys keys{.access_key = found->get_string(pair ? "username" : "accessKey"),
                       .secret_key = found->get_string(pair ? "password" : "secretKey"),
                       .session_token = {}};
    auto assumed = assume_role(context, keys,
                               {.arn = std::move(role),
                                .session_name = binding.get_string("roleSessionName", "windlass"),
                                .external_id = found->get_string("iamExternalId"),
                                .seconds = binding.get_int("roleSessionDurationSeconds", 3600)});
    if (!assumed) return std::unexpected(std::move(assumed).error());
    // No id of a credential has a line break.
    const auto own = id + "\n" + std::to_string(number);
    request.credentials.push_back(Value::map_of("id", own, "type", "aws", "accessKey", assumed->access_key, "secretKey",
                                                assumed->secret_key, "sessionToken", assumed->session_token));
    binding.set("credentialsId", own);
    binding.mutable_members().erase("roleArn");
  }
  return {};
}

// ---- what single effects read
// ----------------------------------------------------------------------------------------

void add_records(RunServices& run, std::string_view kind, std::string_view key, RemoteRequest& request) {
  for (auto& [name, payload] : run.records(kind, key)) {
    request.records.push_back({.kind = std::string(kind), .key = name, .payload = std::move(payload)});
  }
}

Done add_stash(EffectContext& context, RemoteRequest& request) {
  const auto name = text_of(request.arguments, "name");
  if (name.empty()) return {};
  add_records(context.run, "stash", name, request);
  if (request.effect != "unstash" || request.records.empty()) return {};
  const auto file = request.records.front().payload.get_string("file");
  if (file.empty()) return {};
  auto folder = context.run.run_folder("stashes");
  if (!folder) return io_error(folder.error());
  request.inputs.push_back({.source = *folder + "/" + file, .path = "stashes/" + file});
  return {};
}

void add_artifact(const std::string& folder, const std::string& path, RemoteRequest& request) {
  request.inputs.push_back({.source = folder + "/" + path, .path = "artifacts/" + path});
}

/// Records of all artifacts, files of those that are asked for.
Done add_artifacts(EffectContext& context, RemoteRequest& request) {
  const auto artifacts = context.run.records("artifact", "");
  add_records(context.run, "artifact", "", request);
  auto folder = context.run.run_folder("artifacts");
  if (!folder) return io_error(folder.error());
  const auto everything = Value::map_of("**", ".");
  const auto* mapping = request.arguments.find("mapping");
  if (mapping == nullptr || mapping->size() == 0) mapping = &everything;
  std::vector<std::string> wanted;
  for (const auto& [source, target] : mapping->members()) {
    auto paths = matching_artifacts(artifacts, source, "");
    if (!paths) continue;  // the effect itself says so
    wanted.insert(wanted.end(), paths->begin(), paths->end());
  }
  std::ranges::sort(wanted);
  wanted.erase(std::ranges::unique(wanted).begin(), wanted.end());
  for (const auto& path : wanted) add_artifact(*folder, path, request);
  return {};
}

/// The other run is chosen here; over there it is the only one that can be, so the effect chooses it again.
Done add_copied_artifacts(EffectContext& context, RemoteRequest& request) {
  auto choice = choose_copied(context, request.arguments);
  if (!choice) return io_error(choice.error());
  if (!choice->chosen) {
    constexpr std::size_t kMostRuns = 1'000;  // enough to say that none of them fits
    for (auto& run : choice->runs) {
      if (request.runs.size() == kMostRuns) break;
      request.runs.push_back({.run = std::move(run)});
    }
    return {};
  }
  auto& [run, content] = *choice->chosen;
  RemoteRun sent{.run = run, .has_content = true, .parameters = content.parameters};
  if (auto paths = copied_paths(content, request.arguments)) {
    for (const auto& path : *paths) {
      const auto record = std::ranges::find(content.records, path, [](const auto& one) { return one.first; });
      sent.records.push_back(*record);
      add_artifact(content.files + "/artifacts", path, request);
    }
  }
  request.runs.push_back(std::move(sent));
  return {};
}

/// The earlier runs that a checkout compares with.
void add_scm_history(EffectContext& context, RemoteRequest& request) {
  const auto runs = context.run.runs_of(context.run.fact("job"));
  if (!runs) return;
  const auto own = std::strtoull(context.run.fact("number").c_str(), nullptr, 10);
  for (const auto& run : *runs) {
    if (run.result.empty() || (own != 0 && run.number >= own)) continue;
    if (request.runs.size() == kMostScmHistory) break;
    auto content = context.run.read_run(run, "scm");
    if (!content) continue;
    request.runs.push_back({.run = run, .has_content = true, .records = std::move(content->records)});
  }
}

Done add_project(EffectContext& context, const std::map<std::string, std::string>& environment,
                 RemoteRequest& request) {
  const auto* scm = request.arguments.find("scm");
  if (scm == nullptr || !asks_for_project(*scm, context.place.environment)) return {};
  EffectContext here{.key = context.key, .step = context.step, .place = context.place, .run = context.run};
  here.place.environment = environment;
  auto snapshot = project_of(here, "checkout scm");
  if (!snapshot) return std::unexpected(std::move(snapshot).error());
  auto own = context.run.run_folder("scm");
  if (!own) return io_error(own.error());
  auto folder = export_project_snapshot(*snapshot, *own, environment);
  if (!folder) return abort_with(folder.error().message);
  auto inputs = inputs_below(*folder, "scm/project.git");
  if (!inputs) return io_error(inputs.error());
  request.inputs = std::move(*inputs);
  request.facts["scm_repository"] = request.scratch + "/files/scm/project.git";
  request.facts["scm_head"] = snapshot->head;
  request.facts["scm_tree"] = snapshot->tree;
  request.facts["scm_changed"] = std::to_string(snapshot->changed);
  request.facts["scm_complaint"] = snapshot->complaint;
  return {};
}

// ---- encodings
// -------------------------------------------------------------------------------------------------------

/// The argument that names an encoding of texts, for effects that read them.
std::string_view encoding_argument(std::string_view effect, const Value& arguments) {
  if (effect == "readFile") return "encoding";
  if (effect == "unzip" && flag_of(arguments, "read")) return "charset";
  return {};
}

/// The program over there is static and knows no other encoding than UTF-8: other texts cross as bytes.
std::string foreign_encoding(std::string_view name, const Value& arguments) {
  auto encoding = text_of(arguments, name);
  return encoding == "Base64" || encoding.empty() || encoding == "UTF-8" ? std::string() : encoding;
}

Done cross_as_bytes(RemoteRequest& request) {
  if (const auto name = encoding_argument(request.effect, request.arguments); !name.empty()) {
    if (!foreign_encoding(name, request.arguments).empty()) request.arguments.set(std::string(name), "Base64");
    return {};
  }
  if (request.effect != "writeFile") return {};
  const auto encoding = foreign_encoding("encoding", request.arguments);
  if (encoding.empty()) return {};
  auto bytes = encode_charset(text_of(request.arguments, "text"), encoding);
  if (!bytes) return throw_with("java.nio.charset.UnsupportedCharsetException", encoding);
  request.arguments.set("text", text::encode_base64(*bytes));
  request.arguments.set("encoding", "Base64");
  return {};
}

}  // namespace

std::expected<RemoteRequest, StepError> make_request(EffectContext& context, std::string_view effect,
                                                     const Value& arguments,
                                                     const std::map<std::string, std::string>& environment) {
  RemoteRequest request{.effect = std::string(effect),
                        .key = context.key,
                        .step = context.step,
                        .place = context.place,
                        .arguments = arguments,
                        .now_millis = context.run.now_millis(),
                        .scratch = context.place.workspace_tmp + "/worker-" + effect_uuid(context, "worker")};
  const auto* needs = find_needs(effect);
  if (needs == nullptr || needs->where != Where::in_pod) {
    return abort_with("the effect " + std::string(effect) + " does not act in a pod");
  }
  add_facts(context.run, request);
  Done done;
  if (effect == "credentials.bind") done = take_roles(context, request);
  if (done) add_credentials(context.run, request);
  for (const auto& credential : request.credentials) add_secrets(credential, request.secrets);
  if (needs->reads_records == "tool") add_records(context.run, "tool", "", request);
  if (needs->reads_runs == "scm") add_scm_history(context, request);
  if (done && needs->reads_records == "stash") done = add_stash(context, request);
  if (done && effect == "unarchive") done = add_artifacts(context, request);
  if (done && effect == "copyArtifacts") done = add_copied_artifacts(context, request);
  if (done && effect == "scm.checkout") done = add_project(context, environment, request);
  if (done) done = cross_as_bytes(request);
  if (!done) return std::unexpected(std::move(done).error());
  return request;
}

Outcome settle_remote(EffectContext& context, std::string_view effect, const Value& arguments, Outcome outcome) {
  if (!outcome) return outcome;
  if (const auto name = encoding_argument(effect, arguments); !name.empty()) {
    const auto encoding = foreign_encoding(name, arguments);
    if (encoding.empty()) return outcome;
    bool is_known = true;
    const auto decode = [&](Value& value) {
      auto text = decode_charset(text::decode_base64_lenient(value.text()), encoding);
      is_known = is_known && text.has_value();
      if (text) value = Value(std::move(*text));
    };
    if (outcome->value.is_string()) decode(outcome->value);
    if (outcome->value.is_map()) {
      for (auto& [path, value] : outcome->value.mutable_members()) decode(value);
    }
    if (!is_known) return throw_with("java.nio.charset.UnsupportedCharsetException", encoding);
  }
  if (effect == "stash") {
    // As stash itself does where it is performed here: the archive before the last is named by nothing any more.
    const auto before = context.run.records("stash", text_of(arguments, "name"));
    if (before.empty() || outcome->records.empty()) return outcome;
    const auto& payload = before.front().second;
    const auto older = payload.get_string("before");
    if (older.empty() || older == payload.get_string("file") ||
        older == outcome->records.front().payload.get_string("file")) {
      return outcome;
    }
    auto folder = context.run.run_folder("stashes");
    if (!folder) return io_error(folder.error());
    auto store = files::Root::confined(*folder);
    if (!store) return io_error(store.error());
    if (auto gone = store->remove(older); !gone) return io_error(gone.error());
  }
  return outcome;
}

}  // namespace windlass::steps
