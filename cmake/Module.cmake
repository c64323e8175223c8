# windlass_module(NAME DEPS module… LIBS target…)
#   src/NAME/*.cc without *_test.cc -> static library windlass_NAME, alias windlass::NAME, includes as "NAME/x.h"
#   src/NAME/*_test.cc              -> windlass_NAME_test, one ctest entry per binary
# DEPS are modules, public; LIBS are third-party targets, private. tools/check_layers reads DEPS too.
include(GoogleTest)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
# With WL_UNITY the sources of a target are compiled as a few large units: most of what a compiler does for one of our files it
# does for the headers, and under a sanitizer that is ten times as much as for the file.
function(windlass_unite target)
  if(NOT WL_UNITY)
    return()
  endif()
  execute_process(COMMAND "${Python3_EXECUTABLE}" "${CMAKE_SOURCE_DIR}/cmake/unity_groups.py" 100000
                          "${CMAKE_CURRENT_BINARY_DIR}/units/${target}" ${ARGN}
                  OUTPUT_VARIABLE units COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" units "${units}")
  set_source_files_properties(${ARGN} PROPERTIES HEADER_FILE_ONLY ON)
  target_sources(${target} PRIVATE ${units})
  # What a file declares for itself decides its group.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARGN} "${CMAKE_SOURCE_DIR}/cmake/unity_groups.py")
endfunction()

# Under a sanitizer little is optimised: that takes the compiler three times as long. What recurses is, as its frames grow.
set(WL_RECURSES groovy jenkinsfile)
# A module that has a type of a name that some of its files borrow from another module: no unit may hold both.
set(WL_SEPARATE jenkinsfile)

function(windlass_module name)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  if(sources)
    add_library(windlass_${name} STATIC ${sources})
    set(visibility PUBLIC)
    target_link_libraries(windlass_${name} PRIVATE windlass_warnings ${ARG_LIBS})
    if(NOT name IN_LIST WL_SEPARATE)
      windlass_unite(windlass_${name} ${sources})
    endif()
    if(WL_SANITIZES AND name IN_LIST WL_RECURSES)
      target_compile_options(windlass_${name} PRIVATE -O1)
    endif()
  else()
    add_library(windlass_${name} INTERFACE)
    set(visibility INTERFACE)
  endif()
  add_library(windlass::${name} ALIAS windlass_${name})
  target_include_directories(windlass_${name} ${visibility} "${CMAKE_SOURCE_DIR}/src")
  foreach(dep IN LISTS ARG_DEPS)
    target_link_libraries(windlass_${name} ${visibility} windlass::${dep})
  endforeach()
  if(tests)
    add_executable(windlass_${name}_test ${tests})
    target_link_libraries(windlass_${name}_test PRIVATE windlass::${name} windlass_warnings ${ARG_LIBS} GTest::gmock GTest::gtest_main)
    windlass_unite(windlass_${name}_test ${tests})
    add_test(NAME unit.${name} COMMAND windlass_${name}_test WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(unit.${name} PROPERTIES LABELS unit)
    windlass_time_limit(unit.${name} 300)
  endif()
endfunction()
