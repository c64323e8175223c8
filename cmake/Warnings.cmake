# One warning set for all our code; every warning is an error.
add_library(windlass_warnings INTERFACE)
target_compile_options(windlass_warnings INTERFACE
  -Wall -Wextra -Wpedantic $<$<NOT:$<BOOL:${WL_UNITY}>>:-Wshadow> -Wthread-safety -Wunused -Wnon-virtual-dtor -Werror
  -Wno-gnu-statement-expression -Wno-missing-field-initializers -Wno-missing-designated-field-initializers)
