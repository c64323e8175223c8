// The evaluator of Go templates: walks the tree with a stack of variables, writing into one text.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "data/detail/go_template_program.h"
#include "data/json.h"

namespace windlass::data {

using gotemplate::Expression;
using gotemplate::Node;
using gotemplate::Nodes;

namespace {

constexpr int kMaxCalls = 100;

bool is_true(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
      return false;
    case Kind::boolean:
      return value.as_bool();
    case Kind::integer:
    case Kind::long_integer:
      return value.as_int() != 0;
    case Kind::big_integer:
    case Kind::decimal:
    case Kind::real:
      return value.as_double() != 0;
    case Kind::string:
    case Kind::bytes:
      return !value.text().empty();
    case Kind::list:
    case Kind::map:
    case Kind::object:
      return value.size() > 0;
  }
  return false;
}

std::string real_text(double value) {
  std::array<char, 40> out{};
  const auto [end, error] = std::to_chars(out.data(), out.data() + out.size(), value);
  return error == std::errc() ? std::string(out.data(), end) : std::string("NaN");
}

/// As fmt.Print shows a value; a list or map within one has its parts in the same manner.
std::string shown(const Value& value, int depth = 0) {
  if (depth > kMaxCalls) return "...";
  switch (value.kind()) {
    case Kind::null:
      return depth == 0 ? "<no value>" : "<nil>";
    case Kind::boolean:
      return value.as_bool() ? "true" : "false";
    case Kind::integer:
    case Kind::long_integer:
      return std::to_string(value.as_int());
    case Kind::real:
      return real_text(value.as_double());
    case Kind::big_integer:
    case Kind::decimal:
    case Kind::string:
    case Kind::bytes:
      return value.text();
    case Kind::list: {
      std::string out = "[";
      for (const auto& item : value.items()) out += (out.size() > 1 ? " " : "") + shown(item, depth + 1);
      return out + "]";
    }
    case Kind::map:
    case Kind::object: {
      std::vector<std::pair<std::string, const Value*>> sorted;
      for (const auto& [key, member] : value.members()) sorted.emplace_back(key, &member);
      std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      std::string out = "map[";
      for (const auto& [key, member] : sorted) {
        out += (out.size() > 4 ? " " : "") + key + ":" + shown(*member, depth + 1);
      }
      return out + "]";
    }
  }
  return {};
}

std::string_view go_type(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
      return "nil";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
    case Kind::long_integer:
      return "int";
    case Kind::big_integer:
    case Kind::decimal:
    case Kind::real:
      return "float64";
    case Kind::string:
    case Kind::bytes:
      return "string";
    case Kind::list:
      return "[]interface {}";
    case Kind::map:
    case Kind::object:
      return "map[string]interface {}";
  }
  return "";
}

// ---- Go's functions
// ----------------------------------------------------------------------------------------------------

using Arguments = std::vector<Value>;
using Function = Result<Value> (*)(const Arguments&);

std::unexpected<Error> refuse(std::string what) { return fail(ErrorKind::invalid, std::move(what)); }

std::string escape(std::string_view text, std::initializer_list<std::pair<char, std::string_view>> table) {
  std::string out;
  for (const char c : text) {
    const auto* found = std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.first == c; });
    if (found != table.end()) {
      out += found->second;
    } else {
      out += c;
    }
  }
  return out;
}

/// The arguments as one text: blanks between two that are no strings.
std::string printed(const Arguments& arguments) {
  std::string out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0 && !arguments[i].is_string() && !arguments[i - 1].is_string()) out += ' ';
    out += arguments[i].is_null() ? "<nil>" : shown(arguments[i]);
  }
  return out;
}

Result<Value> fn_len(const Arguments& a) {
  if (a[0].is_string() || a[0].is_bytes()) return Value::number(static_cast<std::int64_t>(a[0].text().size()));
  if (a[0].is_list() || a[0].has_members()) return Value::number(static_cast<std::int64_t>(a[0].size()));
  return refuse("error calling len: len of type " + std::string(go_type(a[0])));
}

Result<Value> fn_index(const Arguments& a) {
  Value at = a[0];
  for (std::size_t i = 1; i < a.size(); ++i) {
    if (at.is_list()) {
      const auto index = a[i].as_int(-1);
      if (index < 0 || static_cast<std::size_t>(index) >= at.size()) {
        return refuse("error calling index: index out of range: " + shown(a[i]));
      }
      Value next = at.items()[static_cast<std::size_t>(index)];
      at = std::move(next);
    } else if (at.has_members()) {
      const Value* found = at.find(a[i].text());
      Value next = found != nullptr ? *found : Value();
      at = std::move(next);
    } else {
      return refuse("error calling index: can't index item of type " + std::string(go_type(at)));
    }
  }
  return at;
}

Result<Value> fn_slice(const Arguments& a) {
  const auto size = static_cast<std::int64_t>(a[0].is_string() ? a[0].text().size() : a[0].size());
  const auto from = a.size() > 1 ? a[1].as_int(-1) : 0, to = a.size() > 2 ? a[2].as_int(-1) : size;
  if (a.size() > 3 || (!a[0].is_string() && !a[0].is_list())) {
    return refuse("error calling slice: can't slice item of type " + std::string(go_type(a[0])));
  }
  if (from < 0 || to > size || from > to) return refuse("error calling slice: index out of range");
  if (a[0].is_string())
    return Value(a[0].text().substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)));
  const auto& items = a[0].items();
  return Value(Value::List(items.begin() + from, items.begin() + to));
}

/// -1, 0, 1; an error for what cannot be compared.
Result<int> compare(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) {
    if (a.is_int() && b.is_int()) return a.as_int() < b.as_int() ? -1 : a.as_int() > b.as_int() ? 1 : 0;
    return a.as_double() < b.as_double() ? -1 : a.as_double() > b.as_double() ? 1 : 0;
  }
  if (a.is_string() && b.is_string()) return a.text() < b.text() ? -1 : a.text() > b.text() ? 1 : 0;
  return refuse("incompatible types for comparison");
}
Result<bool> equal(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  if (a.is_bool() && b.is_bool()) return a.as_bool() == b.as_bool();
  return WL_TRY(compare(a, b)) == 0;
}

Result<Value> fn_eq(const Arguments& a) {
  for (std::size_t i = 1; i < a.size(); ++i) {
    if (WL_TRY(equal(a[0], a[i]))) return Value(true);
  }
  return Value(false);
}
Result<Value> fn_ne(const Arguments& a) { return Value(!WL_TRY(equal(a[0], a[1]))); }
Result<Value> fn_lt(const Arguments& a) { return Value(WL_TRY(compare(a[0], a[1])) < 0); }
Result<Value> fn_le(const Arguments& a) { return Value(WL_TRY(compare(a[0], a[1])) <= 0); }
Result<Value> fn_gt(const Arguments& a) { return Value(WL_TRY(compare(a[0], a[1])) > 0); }
Result<Value> fn_ge(const Arguments& a) { return Value(WL_TRY(compare(a[0], a[1])) >= 0); }
Result<Value> fn_not(const Arguments& a) { return Value(!is_true(a[0])); }
Result<Value> fn_print(const Arguments& a) { return Value(printed(a)); }
Result<Value> fn_println(const Arguments& a) {
  std::string out;
  for (const auto& one : a) out += (out.empty() ? "" : " ") + shown(one, 1);
  return Value(out + "\n");
}
Result<Value> fn_html(const Arguments& a) {
  return Value(escape(printed(a), {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&#34;"}, {'\'', "&#39;"}}));
}
Result<Value> fn_js(const Arguments& a) {
  return Value(escape(printed(a), {{'\\', "\\\\"},
                                   {'\'', "\\'"},
                                   {'"', "\\\""},
                                   {'<', "\\u003C"},
                                   {'>', "\\u003E"},
                                   {'&', "\\u0026"},
                                   {'=', "\\u003D"},
                                   {'\n', "\\u000A"},
                                   {'\r', "\\u000D"},
                                   {'\t', "\\u0009"}}));
}
Result<Value> fn_urlquery(const Arguments& a) {
  std::string out;
  for (const char c : printed(a)) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' || c == '~') {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      static constexpr char kDigits[] = "0123456789ABCDEF";
      out += '%';
      out += kDigits[static_cast<unsigned char>(c) >> 4];
      out += kDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  return Value(std::move(out));
}

/// %v %s %d %q %t %x %f %%, with flags and width.
Result<Value> fn_printf(const Arguments& a) {
  if (!a[0].is_string())
    return refuse("error calling printf: wrong type for the format: " + std::string(go_type(a[0])));
  const auto& format = a[0].text();
  std::string out;
  std::size_t argument = 1;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      out += format[i];
      continue;
    }
    bool left = false, zero = false, plus = false;
    for (++i; i < format.size() && std::string_view("-0+# ").find(format[i]) != std::string_view::npos; ++i) {
      left = left || format[i] == '-';
      zero = zero || format[i] == '0';
      plus = plus || format[i] == '+';
    }
    std::size_t width = 0;
    int precision = -1;
    for (; i < format.size() && format[i] >= '0' && format[i] <= '9' && width < 1000; ++i) {
      width = width * 10 + static_cast<std::size_t>(format[i] - '0');
    }
    if (i < format.size() && format[i] == '.') {
      precision = 0;
      for (++i; i < format.size() && format[i] >= '0' && format[i] <= '9' && precision < 100; ++i) {
        precision = precision * 10 + (format[i] - '0');
      }
    }
    if (i >= format.size()) {
      out += "%!(NOVERB)";
      break;
    }
    const char verb = format[i];
    if (verb == '%') {
      out += '%';
      continue;
    }
    if (argument >= a.size()) {
      out += std::string("%!") + verb + "(MISSING)";
      continue;
    }
    const Value& value = a[argument++];
    std::string text;
    const std::string wrong =
        std::string("%!") + verb + "(" + std::string(go_type(value)) + "=" + shown(value, 1) + ")";
    switch (verb) {
      case 'v':
        text = shown(value, 1);
        break;
      case 's':
        text = value.is_string() || value.is_list() || value.has_members() ? shown(value, 1) : wrong;
        if (precision >= 0 && value.is_string()) text = text.substr(0, static_cast<std::size_t>(precision));
        break;
      case 'q':
        text = value.is_string() ? quote_json(value.text()) : wrong;
        break;
      case 't':
        text = value.is_bool() ? shown(value) : wrong;
        break;
      case 'd':
        text = value.is_int() ? (plus && value.as_int() >= 0 ? "+" : "") + shown(value) : wrong;
        break;
      case 'x':
        if (value.is_int()) {
          std::array<char, 20> hex{};
          std::snprintf(hex.data(), hex.size(), "%llx", static_cast<unsigned long long>(value.as_int()));
          text = hex.data();
        } else {
          text = wrong;
        }
        break;
      case 'f':
      case 'g':
        if (value.is_number()) {
          std::array<char, 512> real{};
          std::snprintf(real.data(), real.size(), verb == 'f' ? "%.*f" : "%.*g", precision < 0 ? 6 : precision,
                        value.as_double());
          text = real.data();
        } else {
          text = wrong;
        }
        break;
      default:
        text = wrong;
        break;
    }
    if (text.size() < width) {
      const std::size_t pad = width - text.size();
      if (left) {
        text.append(pad, ' ');
      } else if (zero && !text.empty() && (text[0] == '-' || text[0] == '+')) {
        text.insert(1, pad, '0');
      } else {
        text.insert(0, pad, zero ? '0' : ' ');
      }
    }
    out += text;
  }
  if (argument < a.size()) {
    out += "%!(EXTRA ";
    for (auto i = argument; i < a.size(); ++i) {
      out += (i > argument ? ", " : "") + std::string(go_type(a[i])) + "=" + shown(a[i], 1);
    }
    out += ")";
  }
  return Value(std::move(out));
}

struct FunctionRow {
  std::string_view name;
  std::size_t least, most;
  Function call;  ///< nullptr: evaluated with its arguments unevaluated (and, or)
};
constexpr std::size_t kAny = 1000;
constexpr FunctionRow kFunctions[] = {
    {"and", 1, kAny, nullptr},
    {"or", 1, kAny, nullptr},
    {"not", 1, 1, fn_not},
    {"len", 1, 1, fn_len},
    {"index", 1, kAny, fn_index},
    {"slice", 1, kAny, fn_slice},
    {"print", 0, kAny, fn_print},
    {"printf", 1, kAny, fn_printf},
    {"println", 0, kAny, fn_println},
    {"html", 0, kAny, fn_html},
    {"js", 0, kAny, fn_js},
    {"urlquery", 0, kAny, fn_urlquery},
    {"eq", 2, kAny, fn_eq},
    {"ne", 2, 2, fn_ne},
    {"lt", 2, 2, fn_lt},
    {"le", 2, 2, fn_le},
    {"gt", 2, 2, fn_gt},
    {"ge", 2, 2, fn_ge},
};

const FunctionRow* find_function(std::string_view name) {
  for (const auto& row : kFunctions) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

// ---- the walk
// ------------------------------------------------------------------------------------------------------------

class Run {
 public:
  Run(const GoTemplate::Program& program, const Value& data) : program_(program) { variables_.emplace_back("$", data); }

  Result<std::string> all(const Value& data) {
    WL_TRY(walk(program_.main, data, 0));
    return std::move(out_);
  }

 private:
  enum class Flow : std::uint8_t { on, broken, continued };

  [[nodiscard]] std::unexpected<Error> wrong(int line, const std::string& what) const {
    return fail(ErrorKind::invalid, "template: " + program_.options.name + ":" + std::to_string(line) + ": " + what);
  }
  Result<> count(int line) {
    if (++steps_ <= program_.options.max_steps) return {};
    return fail(ErrorKind::exhausted,
                "template: " + program_.options.name + ":" + std::to_string(line) + ": takes too many steps");
  }
  Result<> write(int line, std::string_view text) {
    if (out_.size() + text.size() > program_.options.max_output_bytes) {
      return fail(ErrorKind::exhausted, "template: " + program_.options.name + ":" + std::to_string(line) +
                                            ": gives more than " + std::to_string(program_.options.max_output_bytes) +
                                            " bytes");
    }
    out_ += text;
    return {};
  }

  Result<Flow> walk(const Nodes& nodes, const Value& dot, int depth) {
    for (const auto& node : nodes) {
      WL_CHECK_OK(count(node.line));
      switch (node.kind) {
        case Node::Kind::text:
          WL_CHECK_OK(write(node.line, node.text));
          break;
        case Node::Kind::action: {
          auto value = WL_TRY(evaluate(node.pipeline, dot));
          if (node.variables.empty()) {
            WL_CHECK_OK(write(node.line, shown(value)));
          } else {
            WL_CHECK_OK(set(node, node.variables[0], std::move(value)));
          }
          break;
        }
        case Node::Kind::if_:
        case Node::Kind::with: {
          const auto mark = variables_.size();
          auto value = WL_TRY(evaluate(node.pipeline, dot));
          if (!node.variables.empty()) WL_CHECK_OK(set(node, node.variables[0], value));
          const bool holds = is_true(value);
          const bool moves = node.kind == Node::Kind::with && holds;
          auto flow = WL_TRY(walk(holds ? node.body : node.otherwise, moves ? value : dot, depth));
          variables_.resize(mark, {"", Value()});
          if (flow != Flow::on) return flow;
          break;
        }
        case Node::Kind::range:
          WL_CHECK_OK(range(node, dot, depth));
          break;
        case Node::Kind::call_template: {
          const auto found = program_.defined.find(node.text);
          if (found == program_.defined.end()) return wrong(node.line, "template \"" + node.text + "\" not defined");
          if (depth >= kMaxCalls) return wrong(node.line, "exceeded maximum template depth");
          Value inner = node.has_pipeline ? WL_TRY(evaluate(node.pipeline, dot)) : Value();
          std::vector<std::pair<std::string, Value>> fresh;
          fresh.emplace_back("$", inner);
          variables_.swap(fresh);
          WL_TRY(walk(found->second, inner, depth + 1));
          variables_.swap(fresh);
          break;
        }
        case Node::Kind::break_:
          return Flow::broken;
        case Node::Kind::continue_:
          return Flow::continued;
      }
    }
    return Flow::on;
  }

  Result<> range(const Node& node, const Value& dot, int depth) {
    const auto value = WL_TRY(evaluate(node.pipeline, dot));
    if (!value.is_list() && !value.has_members() && !value.is_null()) {
      return wrong(node.line, "range can't iterate over " + shown(value));
    }
    if (value.size() == 0) {
      WL_TRY(walk(node.otherwise, dot, depth));
      return {};
    }
    std::vector<std::pair<Value, const Value*>> parts;
    if (value.is_list()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        parts.emplace_back(Value::number(static_cast<std::int64_t>(i)), &value.items()[i]);
      }
    } else {
      for (const auto& [key, member] : value.members()) parts.emplace_back(key, &member);
      std::sort(parts.begin(), parts.end(),
                [](const auto& a, const auto& b) { return a.first.text() < b.first.text(); });
    }
    for (const auto& [key, item] : parts) {
      WL_CHECK_OK(count(node.line));
      const auto mark = variables_.size();
      if (node.variables.size() == 1) WL_CHECK_OK(set(node, node.variables[0], *item));
      if (node.variables.size() == 2) {
        WL_CHECK_OK(set(node, node.variables[0], key));
        WL_CHECK_OK(set(node, node.variables[1], *item));
      }
      const auto flow = WL_TRY(walk(node.body, *item, depth));
      variables_.resize(mark, {"", Value()});
      if (flow == Flow::broken) break;
    }
    return {};
  }

  Result<> set(const Node& node, const std::string& name, Value value) {
    if (node.declares) {
      variables_.emplace_back(name, std::move(value));
      return {};
    }
    for (auto i = variables_.rbegin(); i != variables_.rend(); ++i) {
      if (i->first == name) {
        i->second = std::move(value);
        return {};
      }
    }
    return wrong(node.line, "undefined variable: " + name);
  }

  Result<Value> evaluate(const Expression& expression, const Value& dot) {
    WL_CHECK_OK(count(expression.line));
    Value value;
    switch (expression.kind) {
      case Expression::Kind::constant:
        return expression.constant;
      case Expression::Kind::dot:
        return field(expression, dot);
      case Expression::Kind::variable: {
        for (auto i = variables_.rbegin(); i != variables_.rend(); ++i) {
          if (i->first == expression.name) return field(expression, i->second);
        }
        return wrong(expression.line, "undefined variable \"" + expression.name + "\"");
      }
      case Expression::Kind::call:
        return call(expression, dot, nullptr);
      case Expression::Kind::pipeline: {
        for (std::size_t i = 0; i < expression.parts.size(); ++i) {
          const auto& part = expression.parts[i];
          Value next = part.kind == Expression::Kind::call ? WL_TRY(call(part, dot, i > 0 ? &value : nullptr))
                                                           : WL_TRY(evaluate(part, dot));
          value = std::move(next);
        }
        return field(expression, value);
      }
    }
    return value;
  }

  /// The fields behind an operand.
  Result<Value> field(const Expression& expression, const Value& from) {
    const Value* at = &from;
    for (const auto& name : expression.fields) {
      if (at->is_null()) return Value();
      if (!at->has_members()) {
        return wrong(expression.line, "can't evaluate field " + name + " in type " + std::string(go_type(*at)));
      }
      at = at->find(name);
      if (at == nullptr) return Value();
    }
    return *at;
  }

  Result<Value> call(const Expression& expression, const Value& dot, const Value* last) {
    const auto* row = find_function(expression.name);
    const auto given = expression.parts.size() + (last != nullptr ? 1 : 0);
    if (given < row->least || given > row->most) {
      return wrong(expression.line, "wrong number of args for " + expression.name + ": want " +
                                        (row->most == kAny ? "at least " : "") + std::to_string(row->least) + " got " +
                                        std::to_string(given));
    }
    if (row->call == nullptr) {
      // `and` and `or` stop at the first argument that decides.
      const bool wanted = expression.name == "or";
      Value value;
      for (const auto& part : expression.parts) {
        Value next = WL_TRY(evaluate(part, dot));
        value = std::move(next);
        if (is_true(value) == wanted) return value;
      }
      return last != nullptr ? *last : value;
    }
    Arguments arguments;
    arguments.reserve(given);
    for (const auto& part : expression.parts) arguments.push_back(WL_TRY(evaluate(part, dot)));
    if (last != nullptr) arguments.push_back(*last);
    auto out = row->call(arguments);
    if (!out) return wrong(expression.line, out.error().message);
    return out;
  }

  const GoTemplate::Program& program_;
  std::vector<std::pair<std::string, Value>> variables_;
  std::string out_;
  std::uint32_t steps_ = 0;
};

}  // namespace

bool gotemplate::is_function(std::string_view name) { return find_function(name) != nullptr; }

Result<std::string> GoTemplate::render(const Value& data) const { return Run(*program_, data).all(data); }

}  // namespace windlass::data
