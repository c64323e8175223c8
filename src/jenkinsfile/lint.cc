#include "jenkinsfile/lint.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "catalog/alternatives.h"
#include "jenkinsfile/libraries.h"
#include "jenkinsfile/script_calls.h"
#include "jenkinsfile/tree_reading.h"
#include "jenkinsfile/walk.h"

namespace windlass::jenkinsfile {
namespace {

using groovy::as;
using groovy::NodeKind;
using Names = std::set<std::string, std::less<>>;

std::string_view plain_name(const groovy::MethodCall& call) {
  const auto name = find_key(call.name);
  return name ? *name : std::string_view{};
}

/// Variables that hold secrets anywhere in the file: keys of `credentials()` and the variables of `withCredentials`.
Names secret_names(const groovy::Tree& tree) {
  Names out;
  walk_unit(tree.unit, [&out](const groovy::Node* node) {
    if (node->kind == NodeKind::assign) {
      const auto* assign = as<groovy::Assign>(node);
      const auto key = find_key(assign->target);
      if (key && assign->value->kind == NodeKind::method_call &&
          own_name(*as<groovy::MethodCall>(assign->value)) == "credentials") {
        out.emplace(*key);
        out.insert(std::string(*key) + "_PSW");
      }
    } else if (node->kind == NodeKind::method_call) {
      for (const auto& entry : as<groovy::MethodCall>(node)->arguments.named) {
        const auto key = find_key(entry.key);
        const bool secret = key && (*key == "passwordVariable" || *key == "variable" || *key == "passphraseVariable" ||
                                    *key == "secretKeyVariable" || *key == "tokenVariable");
        const bool credential = std::ranges::any_of(as<groovy::MethodCall>(node)->arguments.named, [](const auto& e) {
          const auto k = find_key(e.key);
          return k && *k == "credentialsId";
        });
        if (!secret || !credential || entry.value->kind != NodeKind::constant) continue;
        out.emplace(as<groovy::Constant>(entry.value)->text);
      }
    }
    return true;
  });
  return out;
}

/// Text that a stranger may choose: branch and tag names, titles and authors of change requests, parameters.
bool is_foreign_variable(std::string_view name) {
  static constexpr std::array kNames = {"BRANCH_NAME",
                                        "TAG_NAME",
                                        "GIT_BRANCH",
                                        "GIT_LOCAL_BRANCH",
                                        "CHANGE_TITLE",
                                        "CHANGE_BRANCH",
                                        "CHANGE_TARGET",
                                        "CHANGE_AUTHOR",
                                        "CHANGE_FORK",
                                        "CHANGE_URL",
                                        "CHANGE_AUTHOR_DISPLAY_NAME",
                                        "CHANGE_AUTHOR_EMAIL"};
  return std::ranges::find(kNames, name) != kNames.end();
}

/// The environment variable that an expression reads (`X`, `env.X`, `env['X']`), and whether it is a parameter.
struct Read {
  std::string name;
  bool parameter = false;
};
Read read_of(const groovy::Expr* expr) {
  Read out;
  if (expr->kind == NodeKind::variable) out.name = std::string(as<groovy::Variable>(expr)->name);
  const groovy::Expr* object = nullptr;
  const groovy::Expr* key = nullptr;
  if (expr->kind == NodeKind::property) {
    object = as<groovy::Property>(expr)->object;
    key = as<groovy::Property>(expr)->name;
  } else if (expr->kind == NodeKind::index && as<groovy::Index>(expr)->arguments.size() == 1) {
    object = as<groovy::Index>(expr)->object;
    key = as<groovy::Index>(expr)->arguments[0];
  }
  if (object != nullptr && object->kind == NodeKind::variable) {
    const auto of = as<groovy::Variable>(object)->name;
    const auto name = find_key(key);
    if (name && (of == "env" || of == "params")) {
      out.name = std::string(*name);
      out.parameter = of == "params";
    }
  }
  return out;
}

void check_shell(const groovy::MethodCall& call, const Names& secrets, Findings& findings) {
  std::vector<const groovy::Expr*> scripts;
  for (const auto& entry : call.arguments.named) {
    const auto key = find_key(entry.key);
    if (key && *key == "script") scripts.push_back(entry.value);
  }
  for (const auto* expr : call.arguments.positional) scripts.push_back(expr);
  for (const auto* script : scripts) {
    walk(script, [&](const groovy::Node* node) {
      if (node->kind == NodeKind::closure) return false;
      if (node->kind != NodeKind::gstring) return true;
      for (const auto* value : as<groovy::GString>(node)->values) {
        const auto read = read_of(value);
        if (read.name.empty()) continue;
        if (secrets.contains(read.name)) {
          findings.warning(value->span.begin,
                           "the secret \"" + read.name +
                               "\" is written into the command by Groovy, where process lists and traces "
                               "show it; use single quotes and let the shell read $" +
                               read.name,
                           "密钥 \"" + read.name +
                               "\" 由 Groovy 写入命令，会出现在进程列表与跟踪输出中；请改用单引号，由 shell 读取 $" +
                               read.name);
        } else if (read.parameter || is_foreign_variable(read.name)) {
          findings.warning(value->span.begin,
                           "\"" + read.name +
                               "\" can be chosen by others and is pasted into a shell command; use single "
                               "quotes and \"$" +
                               read.name + "\" so that it stays one word of data",
                           "\"" + read.name + "\" 的内容可由他人决定，却被拼入 shell 命令；请改用单引号并写作 \"$" +
                               read.name + "\"，使其始终只是数据");
        }
      }
      return true;
    });
  }
}

class FunctionCheck {
 public:
  FunctionCheck(const groovy::Tree& tree, const Catalog& catalog, Findings& findings)
      : catalog_(catalog), findings_(findings), functions_(catalog.function_names()) {
    for (const auto* method : tree.unit.methods) known_.emplace(method->name);
    for (const auto* name : {"script", "echo", "pipeline", "parallel", "expression"}) known_.emplace(name);
    for (const auto& name : functions_) known_.insert(name);
    walk_unit(tree.unit, [this](const groovy::Node* node) {
      if (node->kind == NodeKind::declaration) {
        for (const auto& variable : as<groovy::Declaration>(node)->variables) known_.emplace(variable.name);
      } else if (node->kind == NodeKind::assign) {
        if (auto key = find_key(as<groovy::Assign>(node)->target)) known_.emplace(*key);
      }
      return true;
    });
    has_libraries_ = !collect_libraries(tree).empty();
  }

  void branch(const Branch& branch) {
    for (const auto& one : branch.steps) step(one);
  }
  void post(const std::optional<Post>& post) {
    if (!post) return;
    for (const auto& condition : post->conditions) branch(condition.branch);
  }
  void stages(const std::optional<Stages>& stages) {
    if (!stages) return;
    for (const auto& one : stages->stages) {
      for (const auto& each : one.branches) branch(each);
      post(one.post);
      this->stages(one.stages);
      this->stages(one.parallel);
      if (one.matrix) {
        this->stages(one.matrix->stages);
        post(one.matrix->post);
      }
    }
  }
  void allow_libraries() { has_libraries_ = true; }

 private:
  void step(const Step& step) {
    for (const auto& child : step.children) this->step(child);
    if (step.name.empty() || known_.contains(step.name) || catalog_.find_step(step.name) != nullptr) return;
    const auto nearest = find_nearest(step.name, functions_);
    const bool near = !nearest.empty() && edit_distance(step.name, nearest) <= 2;
    if (has_libraries_ && !near) return;
    const auto instead = catalog::instead_of(step.name);
    findings_.warning(step.place,
                      "no step or function \"" + step.name + "\" is known" +
                          (near              ? "; did you mean \"" + nearest + "\"?"
                           : instead.empty() ? "; it must come from a shared library"
                                             : "; use " + std::string(instead) + " instead"),
                      "没有名为 \"" + step.name + "\" 的步骤或函数" +
                          (near              ? "；您是否想用 \"" + nearest + "\"？"
                           : instead.empty() ? "；它须来自共享库"
                                             : "；请改用 " + std::string(instead)));
  }

  const Catalog& catalog_;
  Findings& findings_;
  std::vector<std::string> functions_;
  Names known_;
  bool has_libraries_ = false;
};

}  // namespace

void lint(const groovy::Tree& tree, const std::vector<Model>& models, const std::vector<std::string>& library,
          const Catalog& catalog, Findings& findings) {
  const auto secrets = secret_names(tree);
  walk_unit(tree.unit, [&](const groovy::Node* node) {
    if (node->kind == NodeKind::method_call) {
      const auto& call = *as<groovy::MethodCall>(node);
      const auto name = plain_name(call);
      if (name == "sh" || name == "bat" || name == "powershell" || name == "pwsh") check_shell(call, secrets, findings);
    }
    return true;
  });
  if (catalog.function_names().empty()) return;
  FunctionCheck functions(tree, catalog, findings);
  for (const auto& model : models) {
    if (model.libraries) functions.allow_libraries();
    functions.stages(model.stages);
    functions.post(model.post);
  }
  check_script_calls(tree, models, library, catalog, findings);
}

}  // namespace windlass::jenkinsfile
