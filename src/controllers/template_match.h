// Whether a pipeline's script is what a template was filled in to. Pure.
#pragma once

#include <string_view>

namespace windlass::controllers {

/// The texts of the template between its `$( … )` stand in the script in their order, and nothing before or behind
/// them. False where they are too little to tell, where either is very long, and for what conditions left out.
bool is_made_from(std::string_view template_text, std::string_view script);

}  // namespace windlass::controllers
