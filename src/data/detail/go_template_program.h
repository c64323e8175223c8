// The tree of a Go template, shared by its parser and its evaluator. Inside of data only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "data/go_template.h"

namespace windlass::data {

namespace gotemplate {

struct Expression;
using Expressions = std::vector<Expression>;

/// An operand with the fields behind it, or a call: `index .a 1`.
struct Expression {
  enum class Kind : std::uint8_t { constant, dot, variable, call, pipeline };
  Kind kind = Kind::constant;
  int line = 1;
  Value constant;
  std::string name;                 ///< of a variable ("$", "$x") or function
  std::vector<std::string> fields;  ///< behind it: .a.b
  Expressions parts;                ///< arguments of a call; commands of a pipeline
};

struct Node;
using Nodes = std::vector<Node>;

struct Node {
  enum class Kind : std::uint8_t { text, action, if_, range, with, call_template, break_, continue_ };
  Kind kind = Kind::text;
  int line = 1;
  std::string text;                    ///< of text; name of the template called
  std::vector<std::string> variables;  ///< set by the pipeline: one, or two in range
  bool declares = false;               ///< `:=` and not `=`
  bool has_pipeline = false;
  Expression pipeline;
  Nodes body, otherwise;
};

/// Whether there is a function of that name.
bool is_function(std::string_view name);

}  // namespace gotemplate

struct GoTemplate::Program {
  GoTemplateOptions options;
  gotemplate::Nodes main;
  std::map<std::string, gotemplate::Nodes, std::less<>> defined;
};

}  // namespace windlass::data
