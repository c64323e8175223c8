// Several files as one document that knows where each key came from. Inside of casc.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "casc/casc.h"
#include "data/value.h"

namespace windlass::casc {

struct Place {
  std::string file;
  std::uint32_t line = 0;
};

class Document {
 public:
  Document() = default;
  Document(data::Value root, std::map<std::string, Place, std::less<>> places)
      : root_(std::move(root)), places_(std::move(places)) {}
  /// Reads, merges, puts variables in.
  static Result<Document> read(const std::vector<File>& files, const Sources& sources, std::vector<Finding>& findings);

  [[nodiscard]] const data::Value& root() const { return root_; }
  /// Of the key, or of the nearest one around it.
  [[nodiscard]] Place place(std::string path) const;
  /// An error whose message begins with a path and ": " gets its file and line in front.
  [[nodiscard]] Error locate(Error error) const;

 private:
  data::Value root_;
  std::map<std::string, Place, std::less<>> places_;
};

/// The sections of a document; `findings` are those that were made before.
Result<Outcome> read_document(const Document& document, std::vector<Finding> findings);

}  // namespace windlass::casc
