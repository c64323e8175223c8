// One `jenkins.clouds[].kubernetes` of JCasC as a typed cloud, and back.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "data/value.h"
#include "pods/field_reader.h"
#include "pods/pods.h"

namespace windlass::pods {

struct ReadCloud {
  Cloud cloud;
  std::vector<Note> notes;  ///< what is not used, and why
};

/// invalid: no name, a template that cannot be; the sentence begins with the path.
Result<ReadCloud> read_cloud(const data::Value& map, const std::string& path = {});

/// As JCasC writes it; read_cloud gives it back.
data::Value write_cloud(const Cloud& cloud);

}  // namespace windlass::pods
