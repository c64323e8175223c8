#include "kapis/approvals.h"

#include <algorithm>
#include <memory>

#include "controllers/names.h"
#include "data/json.h"
#include "kapis/crud.h"
#include "kapis/run_access.h"
#include "objects/metadata.h"

namespace windlass::kapis {

using data::Value;
using objects::ApiTask;
using objects::Outcome;
namespace names = controllers::names;

namespace {

constexpr std::uint64_t kMost = 100;

/// "NAME MAC NAME MAC …"; names have no blanks.
std::vector<std::pair<std::string, std::string>> notes_of(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  std::vector<std::pair<std::string, std::string>> out;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) out.emplace_back(words[i], words[i + 1]);
  return out;
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

ApiTask<ApprovalRule> approval_rule_of(Call& call) {
  const auto project = WL_API_TRY(co_await call.services.store.get(resource("devopsprojects"), "", call.at("d")));
  const auto pipeline = WL_API_TRY(co_await call.services.store.get(resource("pipelines"), call.at("d"), call.at("p")));
  co_return stricter(WL_API_TRY(approval_rule(project, resource("devopsprojects").subject(call.at("d")))),
                     WL_API_TRY(approval_rule(pipeline, resource("pipelines").subject(call.at("p")))));
}

ApiTask<std::int64_t> note_approval(Call& call, const runs::RunInfo& run, const std::string& input,
                                    const Value& parameters) {
  const auto what = "approval\n" + run.uid + "\n" + input + "\n" + data::format_json(parameters) + "\n";
  const auto sealed = [&services = call.services, what](const std::string& name) {
    return services.keyed_hash(what + name);
  };
  const auto count = std::make_shared<std::int64_t>(0);
  WL_API_TRY(co_await call.services.store.modify(
      resource("pipelineruns"), call.at("d"), run.name,
      [sealed, count, user = call.user.name](Value one) -> objects::Outcome<Value> {
        auto text = objects::annotation(one, names::kApprovedBy);
        bool is_there = false;
        *count = 0;
        for (const auto& [name, mac] : notes_of(text)) {
          if (mac != sealed(name)) continue;
          ++*count;
          is_there = is_there || name == user;
        }
        if (is_there) return one;
        ++*count;
        objects::set_annotation(one, names::kApprovedBy, text + (text.empty() ? "" : " ") + user + " " + sealed(user));
        return one;
      }));
  co_return *count;
}

}  // namespace windlass::kapis
