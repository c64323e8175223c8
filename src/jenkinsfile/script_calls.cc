#include "jenkinsfile/script_calls.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

#include "catalog/alternatives.h"
#include "jenkinsfile/check_arguments.h"
#include "jenkinsfile/libraries.h"
#include "jenkinsfile/tree_reading.h"
#include "jenkinsfile/walk.h"

namespace windlass::jenkinsfile {
namespace {

using catalog::Text;
using groovy::as;
using groovy::NodeKind;

constexpr std::size_t kLongestName = 200;  ///< nobody means a known name by a longer one

/// Steps that are methods of every script as well, with other arguments.
bool is_print(std::string_view name) { return name == "print" || name == "println" || name == "printf"; }

/// The names of a path `a.b.C` of a few; empty for anything else.
std::string dotted(const groovy::Expr* expr) {
  std::string out;
  for (int i = 0; i < 8 && expr != nullptr; ++i) {
    if (expr->kind == NodeKind::variable) return std::string(as<groovy::Variable>(expr)->name) + out;
    if (expr->kind != NodeKind::property) break;
    const auto* property = as<groovy::Property>(expr);
    if (property->name == nullptr || property->name->kind != NodeKind::constant) break;
    out = "." + std::string(as<groovy::Constant>(property->name)->text) + out;
    expr = property->object;
  }
  return {};
}

// ---- what no run may use

struct Refused {
  std::string_view owner;    ///< simple name of the class
  std::string_view members;  ///< between blanks; empty: all
  Text instead;
};

constexpr Text kFiles{"files belong to a node: readFile, writeFile, fileExists, findFiles",
                      "文件属于节点：请用 readFile、writeFile、fileExists、findFiles"};
constexpr Text kRequests{"requests are made by the step httpRequest, or by curl in sh",
                         "请求须由步骤 httpRequest 发出，或在 sh 中使用 curl"};
constexpr Text kPrograms{"programs are run by sh", "程序须由 sh 运行"};
constexpr Text kJenkins{"currentBuild, params, env and the steps stand for Jenkins' own objects",
                        "请用 currentBuild、params、env 与步骤代替 Jenkins 自身的对象"};
constexpr Text kEnd{"a run ends by error, or by its last statement", "运行由 error 或最后一条语句结束"};

/// Calls and properties of a class: `System.exit(1)`, `Jenkins.instance`.
constexpr Refused kStatic[] = {
    {"System", " exit ", kEnd},
    {"Jenkins", " instance get getInstance getInstanceOrNull getActiveInstance instanceOrNull ", kJenkins},
    {"Hudson", " instance getInstance ", kJenkins},
    {"Runtime", " runtime getRuntime ", kPrograms},
    {"Files", "", kFiles},
    {"InetAddress", "", kRequests},
};
/// Calls and properties of a new object: `new File(path).text`.
constexpr Refused kOfNew[] = {
    {"File",
     " text getText bytes getBytes exists isFile isDirectory isDirectory delete deleteDir deleteOnExit mkdir mkdirs "
     "list "
     "listFiles write append eachFile eachFileRecurse eachFileMatch eachDir eachLine readLines newReader newWriter "
     "newInputStream newOutputStream withReader withWriter withInputStream withOutputStream withPrintWriter length "
     "size "
     "lastModified createNewFile canRead canWrite canExecute renameTo setText absolutePath getAbsolutePath "
     "canonicalPath getCanonicalPath traverse ",
     kFiles},
    {"URL",
     " text getText bytes getBytes openConnection openStream newReader newInputStream withReader withInputStream "
     "eachLine readLines ",
     kRequests},
};
/// Objects that cannot be made at all.
constexpr Refused kNew[] = {
    {"FileReader", "", kFiles},       {"FileWriter", "", kFiles},        {"FileInputStream", "", kFiles},
    {"FileOutputStream", "", kFiles}, {"RandomAccessFile", "", kFiles},  {"Socket", "", kRequests},
    {"ServerSocket", "", kRequests},  {"ProcessBuilder", "", kPrograms},
};

const Refused* find_refused(std::span<const Refused> rows, std::string_view owner, std::string_view member) {
  if (const auto dot = owner.rfind('.'); dot != std::string_view::npos) owner = owner.substr(dot + 1);
  for (const auto& row : rows) {
    if (row.owner != owner) continue;
    if (row.members.empty() || row.members.find(" " + std::string(member) + " ") != std::string_view::npos) return &row;
  }
  return nullptr;
}

class ScriptCalls {
 public:
  ScriptCalls(const groovy::Tree& tree, const std::vector<Model>& models, const std::vector<std::string>& library,
              const Catalog& catalog, Findings& findings)
      : catalog_(catalog), findings_(findings), functions_(catalog.function_names()) {
    own_names_.insert(library.begin(), library.end());
    for (const auto& model : models) pipelines_.insert(model.call);
    for (const auto* method : tree.unit.methods) own_names_.emplace(method->name);
    for (const auto* one : tree.unit.classes) own_names_.emplace(one->name);
    walk_unit(tree.unit, [this](const groovy::Node* node) {
      if (node->kind == NodeKind::declaration) {
        for (const auto& variable : as<groovy::Declaration>(node)->variables) own_names_.emplace(variable.name);
      } else if (node->kind == NodeKind::assign) {
        if (const auto key = find_key(as<groovy::Assign>(node)->target)) own_names_.emplace(*key);
      } else if (node->kind == NodeKind::closure) {
        for (const auto& parameter : as<groovy::Closure>(node)->parameters) own_names_.emplace(parameter.name);
      }
      return true;
    });
    for (const auto* method : tree.unit.methods) {
      for (const auto& parameter : method->parameters) own_names_.emplace(parameter.name);
    }
    has_libraries_ = !collect_libraries(tree).empty() ||
                     std::ranges::any_of(models, [](const Model& model) { return model.libraries.has_value(); });
  }

  void look_at(const groovy::Node* root) {
    walk(root, [this](const groovy::Node* node) { return visit(node); });
  }

 private:
  bool visit(const groovy::Node* node) {
    switch (node->kind) {
      case NodeKind::closure:
        // A builder may mean anything by the names in its closures.
        return !of_others_.contains(node);
      case NodeKind::property:
        check_member(node, as<groovy::Property>(node)->object, as<groovy::Property>(node)->name);
        return true;
      case NodeKind::new_object:
        if (const auto* row = find_refused(kNew, as<groovy::NewObject>(node)->type->name, "")) {
          refuse(node->span.begin, "new " + std::string(as<groovy::NewObject>(node)->type->name), *row);
        }
        return true;
      case NodeKind::method_call:
        return visit_call(*as<groovy::MethodCall>(node));
      default:
        return true;
    }
  }

  bool visit_call(const groovy::MethodCall& call) {
    if (pipelines_.contains(&call)) {
      visit_declarative(call);
      return false;
    }
    note_arguments(call);
    check_member(&call, call.object, call.name);
    const auto name = own_name(call);
    if (name.empty() || own_names_.contains(name)) return true;
    const auto* signature = catalog_.find_step(name);
    if (signature == nullptr) {
      const bool known =
          name == "script" || name == "parallel" || std::ranges::find(functions_, name) != functions_.end();
      if (!known) {
        check_unknown(call.span.begin, name);
        for (const auto* argument : call.arguments.positional) {
          if (argument->kind == NodeKind::closure) of_others_.insert(argument);
        }
      }
      return true;
    }
    if (!signature->open && !is_print(name) && !(in_arguments_.contains(&call) && is_symbol(name))) {
      check_arguments(call, name, *signature);
    }
    return true;
  }

  /// Of a pipeline only what is ordinary code: the rest has been checked as what it is.
  void visit_declarative(const groovy::MethodCall& pipeline) {
    for (const auto* argument : pipeline.arguments.positional) {
      walk(argument, [this](const groovy::Node* node) {
        if (node->kind != NodeKind::method_call) return true;
        const auto& call = *as<groovy::MethodCall>(node);
        const auto name = own_name(call);
        const auto* block = name == "script" || name == "expression" ? find_block(&call) : nullptr;
        if (block == nullptr) return true;
        look_at(block->body);
        return false;
      });
    }
  }

  /// Calls that are arguments may be data: `checkout(git(…))`.
  void note_arguments(const groovy::MethodCall& call) {
    const auto note = [this](const groovy::Expr* expr) {
      if (expr == nullptr) return;
      walk(expr, [this](const groovy::Node* node) {
        if (node->kind == NodeKind::closure) return false;
        if (node->kind == NodeKind::method_call && !in_arguments_.insert(node).second) return false;
        return true;
      });
    };
    for (const auto& entry : call.arguments.named) note(entry.value);
    for (const auto* argument : call.arguments.positional) note(argument);
  }

  bool is_symbol(std::string_view name) {
    const auto [known, fresh] = symbols_.emplace(name, false);
    if (!fresh) return known->second;
    static constexpr std::array kKinds = {SymbolKind::option,    SymbolKind::stage_option, SymbolKind::trigger,
                                          SymbolKind::parameter, SymbolKind::condition,    SymbolKind::describable};
    known->second =
        std::ranges::any_of(kKinds, [&](SymbolKind kind) { return catalog_.find_symbol(kind, name) != nullptr; });
    return known->second;
  }

  void check_unknown(Place place, std::string_view name) {
    const auto instead = has_libraries_ ? std::string_view() : catalog::instead_of(name);
    if (instead.empty() || is_symbol(name)) return;
    findings_.warning(
        place, "no step or function \"" + std::string(name) + "\" is known; use " + std::string(instead) + " instead",
        "没有名为 \"" + std::string(name) + "\" 的步骤或函数；请改用 " + std::string(instead));
  }

  void check_arguments(const groovy::MethodCall& call, std::string_view name, const Signature& signature) {
    std::vector<const groovy::Expr*> values;
    bool has_closure = false;
    for (const auto* argument : call.arguments.positional) {
      if (argument->kind == NodeKind::spread) return;
      if (argument->kind == NodeKind::closure) {
        has_closure = true;
      } else {
        values.push_back(argument);
      }
    }
    // The body may be a variable: `withEnv(list, body)`.
    const bool ends_in_body =
        signature.takes_body && !values.empty() && !has_closure && !read_literal(values.back()).is_literal();
    if (ends_in_body && (values.size() > 1 || !call.arguments.named.empty())) values.pop_back();
    if (!call.arguments.named.empty()) {
      check_named(call, name, signature, !values.empty());
    } else if (values.size() > 1) {
      say(call.span.begin, "Arguments to \"" + std::string(name) + "\" must be explicitly named.",
          "\"" + std::string(name) + "\" 的参数须写明名称");
    } else if (values.empty()) {
      // `parallel { }` and the like: what the closure is for is the step's to say.
      if (!has_closure || signature.takes_body) check_missing(call, signature, {});
    } else if (const auto* sole = find_sole(signature); sole != nullptr) {
      check_value(values.front(), *sole);
    }
  }

  void check_named(const groovy::MethodCall& call, std::string_view name, const Signature& signature, bool mixed) {
    std::set<std::string, std::less<>> given;
    const auto* sole = find_sole(signature);
    std::vector<const groovy::MapEntry*> unknown;
    for (const auto& entry : call.arguments.named) {
      if (entry.key == nullptr || entry.key->kind != NodeKind::constant) return;  // `*: map`, `(key): value`
      const auto key = find_key(entry.key);
      if (!key || *key == "$class") return;
      given.emplace(*key);
      const auto found = std::ranges::find(signature.parameters, *key, &Parameter::name);
      if (found == signature.parameters.end()) {
        unknown.push_back(&entry);
      } else {
        check_value(entry.value, *found);
      }
    }
    // The only required parameter is an object: its own fields may be given in its place.
    if (!unknown.empty() && sole != nullptr && sole->type == ParameterType::object) return;
    for (const auto* entry : unknown) say_unknown(*entry, name, signature);
    if (!unknown.empty()) return;  // what seems to be missing may be what is misspelt
    if (mixed) {
      say(call.span.begin, "Cannot mix named and unnamed arguments", "有名称与无名称的参数不能混用");
    }
    check_missing(call, signature, given);
  }

  void say_unknown(const groovy::MapEntry& entry, std::string_view step, const Signature& signature) {
    const std::string key(*find_key(entry.key));
    std::vector<std::string> names;
    for (const auto& parameter : signature.parameters) names.push_back(parameter.name);
    const auto nearest = key.size() > kLongestName ? std::string() : find_nearest(key, names);
    if (names.empty()) {
      say(entry.key->span.begin, "\"" + std::string(step) + "\" has no parameters: \"" + key + "\" is ignored",
          "\"" + std::string(step) + "\" 没有参数：\"" + key + "\" 将被忽略");
      return;
    }
    if (nearest.empty()) return;
    say(entry.key->span.begin, "Invalid parameter \"" + key + "\", did you mean \"" + nearest + "\"?",
        "无效的参数 \"" + key + "\"，您是否想用 \"" + nearest + "\"？");
  }

  void check_missing(const groovy::MethodCall& call, const Signature& signature,
                     const std::set<std::string, std::less<>>& given) {
    for (const auto& parameter : signature.parameters) {
      if (!parameter.required || given.contains(parameter.name)) continue;
      say(call.span.begin, "Missing required parameter: \"" + parameter.name + "\"",
          "缺少必需的参数：\"" + parameter.name + "\"");
    }
  }

  /// Only what no conversion of a running script helps: a text where a number belongs, a word that is none of a few.
  void check_value(const groovy::Expr* expr, const Parameter& parameter) {
    const auto value = read_literal(expr);
    if (value.kind != Value::Kind::string) return;
    if (parameter.type == ParameterType::enumeration) {
      if (parameter.values.empty() || std::ranges::find(parameter.values, value.text) != parameter.values.end()) return;
      std::string all;
      for (const auto& one : parameter.values) all += (all.empty() ? "" : ", ") + one;
      say(expr->span.begin, "\"" + parameter.name + "\" is one of " + all + ", not \"" + value.text + "\"",
          "\"" + parameter.name + "\" 须为 " + all + " 之一，而不是 \"" + value.text + "\"");
      return;
    }
    const bool number = parameter.type == ParameterType::int_ || parameter.type == ParameterType::integer ||
                        parameter.type == ParameterType::long_ || parameter.type == ParameterType::number;
    if (!number) return;
    say(expr->span.begin, "\"" + parameter.name + "\" is a number, not \"" + value.text + "\"",
        "\"" + parameter.name + "\" 须为数字，而不是 \"" + value.text + "\"");
  }

  void check_member(const groovy::Node* node, const groovy::Expr* object, const groovy::Expr* name) {
    if (object == nullptr || name == nullptr || name->kind != NodeKind::constant) return;
    const auto member = as<groovy::Constant>(name)->text;
    if (object->kind == NodeKind::new_object) {
      const auto owner = as<groovy::NewObject>(object)->type->name;
      if (const auto* row = find_refused(kOfNew, owner, member)) {
        refuse(object->span.begin, "new " + std::string(owner) + "(…)." + std::string(member), *row);
      }
      return;
    }
    const bool is_call = node->kind == NodeKind::method_call;
    const bool command = object->kind == NodeKind::gstring || object->kind == NodeKind::list ||
                         read_literal(object).kind == Value::Kind::string;
    if (is_call && member == "execute" && command) {
      refuse(object->span.begin, "execute()", {"", "", kPrograms});
      return;
    }
    const auto owner = dotted(object);
    if (owner.empty() || own_names_.contains(owner)) return;
    if (owner == "openshift" || owner == "Artifactory") check_unknown(object->span.begin, owner);
    if (const auto* row = find_refused(kStatic, owner, member)) {
      refuse(object->span.begin, owner + "." + std::string(member), *row);
    }
  }

  void refuse(Place place, const std::string& what, const Refused& row) {
    say(place, what + " is refused when it runs; " + std::string(row.instead.en),
        what + " 在运行时会被拒绝；" + std::string(row.instead.zh));
  }

  void say(Place place, std::string english, std::string chinese) {
    findings_.warning(place, std::move(english), std::move(chinese));
  }

  const Catalog& catalog_;
  Findings& findings_;
  std::vector<std::string> functions_;
  std::set<std::string, std::less<>> own_names_;
  std::unordered_set<const groovy::Node*> pipelines_, in_arguments_, of_others_;
  std::map<std::string, bool, std::less<>> symbols_;  ///< names asked for so far
  bool has_libraries_ = false;
};

}  // namespace

void check_script_calls(const groovy::Tree& tree, const std::vector<Model>& models,
                        const std::vector<std::string>& library, const Catalog& catalog, Findings& findings) {
  if (catalog.function_names().empty()) return;
  ScriptCalls calls(tree, models, library, catalog, findings);
  for (const auto* statement : tree.unit.statements) calls.look_at(statement);
  for (const auto* method : tree.unit.methods) calls.look_at(method->body);
}

}  // namespace windlass::jenkinsfile
