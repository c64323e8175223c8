#include "kapis/approvals.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "controllers/names.h"
#include "data/json.h"
#include "kapis/crud.h"
#include "kapis/run_access.h"
#include "kapis/run_event.h"
#include "objects/metadata.h"
#include "text/codec.h"

namespace windlass::kapis {

using data::Value;
using objects::ApiTask;
using objects::Outcome;
namespace names = controllers::names;

namespace {

constexpr std::uint64_t kMost = 100;
constexpr std::size_t kMostPerson = 2048;

/// One of the annotation's "NAME NOTE NAME NOTE …"; names have no blanks. A note is ANSWER.SEAL or ANSWER.SEAL.WHO: a
/// digest of the parameters that tells nobody what they are, the server's seal over all of it with run and input, and
/// of those whom only the cluster knows, as whom.
struct Note {
  std::string name, answer, seal, who;

  [[nodiscard]] std::string text() const { return name + " " + answer + "." + seal + (who.empty() ? "" : "." + who); }
};

std::vector<Note> notes_of(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  std::vector<Note> out;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const auto& note = words[i + 1];
    const auto first = note.find('.');
    if (first == std::string::npos) continue;
    const auto second = std::min(note.find('.', first + 1), note.size());
    out.push_back({.name = words[i],
                   .answer = note.substr(0, first),
                   .seal = note.substr(first + 1, second - first - 1),
                   .who = second < note.size() ? note.substr(second + 1) : std::string()});
  }
  return out;
}

/// Which notes are of this input and written by this server.
class Seals {
 public:
  Seals(const Call& call, const runs::RunInfo& run, const runs::Waiting& input)
      : hash_(call.services.keyed_hash), what_(run.uid + "\n" + input.input.get_string("id") + "\n") {}

  [[nodiscard]] std::string answer_of(const Value& parameters) const {
    return hash_("answer\n" + what_ + data::format_json(parameters)).substr(0, kAnswer);
  }
  [[nodiscard]] std::string seal_of(const Note& note) const {
    return hash_("approval\n" + what_ + note.answer + "\n" + note.who + "\n" + note.name);
  }
  [[nodiscard]] bool is_ours(const Note& note) const { return note.seal == seal_of(note); }

 private:
  static constexpr std::size_t kAnswer = 16;
  std::function<std::string(std::string_view)> hash_;
  std::string what_;
};

/// As whom the cluster knows the caller, so that it can be asked again without them; empty where it does not.
std::string cluster_person(const rights::User& user) {
  if (user.cluster_name.empty()) return {};
  auto groups = Value::list();
  for (const auto& group : user.groups) groups.push(group);
  auto text = data::format_json(Value::map_of("name", user.cluster_name, "groups", std::move(groups)));
  if (text.size() > kMostPerson) text = data::format_json(Value::map_of("name", user.cluster_name));
  return text::encode_base64(text, text::Base64::url, false);
}

rights::User person_of(const Note& note) {
  rights::User out;
  out.name = note.name;
  const auto json = text::decode_base64(note.who, text::Base64::url);
  const auto value = json ? data::parse_json(*json) : Result<Value>(Value());
  if (!value) return out;
  out.cluster_name = value->get_string("name");
  if (const auto* groups = value->find("groups"); groups != nullptr && groups->is_list()) {
    for (const auto& group : groups->items()) out.groups.push_back(group.is_string() ? group.text() : "");
  }
  return out;
}

/// Whether who approved might do so now.
ApiTask<bool> still_may(Call& call, const runs::RunInfo& run, const runs::Waiting& input, const Note& note,
                        const ApprovalRule& rule) {
  if (!rule.own && note.name == run.user_id) co_return false;
  if (note.name == call.user.name) co_return may_answer(call.user, input);  // the route has asked for the right
  auto user = person_of(note);
  if (auto known = call.services.find_user(note.name)) {
    known->cluster_name = std::move(user.cluster_name);
    user = std::move(*known);
  }
  if (!may_answer(user, input)) co_return false;
  const rights::Attributes asked{.verb = "update",
                                 .group = std::string(kDevops),
                                 .resource = "pipelineruns",
                                 .subresource = {},
                                 .namespace_ = call.at("d"),
                                 .name = {},
                                 .pipeline = call.at("p")};
  if (rights::decide(user, asked).allowed) co_return true;
  if (user.cluster_name.empty() || !call.services.also_allowed) co_return false;
  co_return WL_API_TRY(to_outcome(co_await call.services.also_allowed(std::move(user), asked)));
}

/// `answer` empty: the one that most have given. `is_strict`: who cannot be asked about is an error.
ApiTask<Approvals> count(Call& call, const runs::RunInfo& run, const runs::Waiting& input, const ApprovalRule& rule,
                         std::string notes, std::string answer, bool is_strict) {
  const Seals seals(call, run, input);
  Approvals out{.wanted = rule.wanted};
  std::map<std::string, std::set<std::string>> people;  // by answer
  for (const auto& note : notes_of(notes)) {
    if (!seals.is_ours(note)) continue;
    auto may = co_await still_may(call, run, input, note, rule);
    if (!may && is_strict) co_return std::unexpected(std::move(may).error());
    if (may && !*may) continue;
    people[note.answer].insert(note.name);
    if (std::find(out.by.begin(), out.by.end(), note.name) == out.by.end()) out.by.push_back(note.name);
  }
  out.answers = static_cast<std::int64_t>(people.size());
  for (const auto& [given, names] : people) {
    if (answer.empty() || given == answer) out.given = std::max(out.given, static_cast<std::int64_t>(names.size()));
  }
  co_return out;
}

}  // namespace

Outcome<ApprovalRule> approval_rule(const Value& object, const objects::Subject& subject) {
  const auto wrong = [&](std::string_view name, const std::string& text, const std::string& wanted) {
    return objects::conflict(subject, std::string(name) + " is '" + text + "', which is not " + wanted +
                                          ": nobody can approve until that is mended");
  };
  ApprovalRule out;
  if (const auto text = objects::annotation(object, names::kApprovals); !text.empty()) {
    const auto wanted = number_of(text);
    if (!wanted || *wanted < 1 || *wanted > kMost) {
      return wrong(names::kApprovals, text, "a number from 1 to " + std::to_string(kMost));
    }
    out.wanted = static_cast<std::int64_t>(*wanted);
  }
  const auto own = objects::annotation(object, names::kSelfApproval);
  if (!own.empty() && own != "allowed" && own != "forbidden") {
    return wrong(names::kSelfApproval, own, "'allowed' or 'forbidden'");
  }
  out.own = own != "forbidden";
  return out;
}

ApprovalRule stricter(const ApprovalRule& a, const ApprovalRule& b) {
  return {.wanted = std::max(a.wanted, b.wanted), .own = a.own && b.own};
}

ApiTask<ApprovalRule> approval_rule_of(Call& call, bool may_be_known) {
  auto& store = call.services.store;
  const auto& projects = resource("devopsprojects");
  const auto& pipelines = resource("pipelines");
  const auto project = WL_API_TRY(may_be_known ? co_await store.look(projects, "", call.at("d"))
                                               : co_await store.get(projects, "", call.at("d")));
  const auto pipeline = WL_API_TRY(may_be_known ? co_await store.look(pipelines, call.at("d"), call.at("p"))
                                                : co_await store.get(pipelines, call.at("d"), call.at("p")));
  co_return stricter(WL_API_TRY(approval_rule(project, resource("devopsprojects").subject(call.at("d")))),
                     WL_API_TRY(approval_rule(pipeline, resource("pipelines").subject(call.at("p")))));
}

Value approvals_value(const Approvals& approvals) {
  auto by = Value::list();
  for (const auto& name : approvals.by) by.push(name);
  return Value::map_of("wanted", approvals.wanted, "given", approvals.given, "answers", approvals.answers, "by",
                       std::move(by));
}

ApiTask<Approvals> note_approval(Call& call, const runs::RunInfo& run, const runs::Waiting& input,
                                 const Value& parameters, const ApprovalRule& rule) {
  const Seals seals(call, run, input);
  Note mine{
      .name = call.user.name, .answer = seals.answer_of(parameters), .seal = {}, .who = cluster_person(call.user)};
  mine.seal = seals.seal_of(mine);
  const auto object = WL_API_TRY(co_await call.services.store.modify(
      resource("pipelineruns"), call.at("d"), run.name, [seals, mine](Value one) -> Outcome<Value> {
        // Notes of other inputs stay, of this one the caller has one: their last answer.
        std::string text;
        for (const auto& note : notes_of(objects::annotation(one, names::kApprovedBy))) {
          if (note.name == mine.name && seals.is_ours(note)) continue;
          text += note.text() + " ";
        }
        objects::set_annotation(one, names::kApprovedBy, text + mine.text());
        return one;
      }));
  auto out = WL_API_TRY(
      co_await count(call, run, input, rule, objects::annotation(object, names::kApprovedBy), mine.answer, true));
  if (out.given < rule.wanted && call.services.events.wanted()) {
    call.services.events.add(asked_event(run, input, call.services.now_millis(), &out));
  }
  co_return out;
}

ApiTask<Approvals> approvals_of(Call& call, const runs::RunInfo& run, const runs::Waiting& input,
                                const ApprovalRule& rule) {
  const auto object = WL_API_TRY(co_await call.services.store.look(resource("pipelineruns"), call.at("d"), run.name));
  co_return co_await count(call, run, input, rule, objects::annotation(object, names::kApprovedBy), {}, false);
}

}  // namespace windlass::kapis
