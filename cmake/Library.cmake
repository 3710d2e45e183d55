# neuralake_library(<room> SOURCES a.cc ... TESTS a_test.cc ... DEPENDS <rooms and libraries> ...)
#
# One room of the house: a static library `neuralake_<room>` and, if it has tests, one test
# program `<room>_test` that ctest knows.
function(neuralake_library room)
  cmake_parse_arguments(ARG "" "" "SOURCES;TESTS;DEPENDS;TEST_DEPENDS;PRECOMPILE" ${ARGN})
  set(target neuralake_${room})
  add_library(${target} STATIC ${ARG_SOURCES})
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(${target} PUBLIC ${ARG_DEPENDS})
  if(ARG_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE ${ARG_PRECOMPILE})
  endif()
  if(NEURALAKE_TESTS AND ARG_TESTS)
    add_executable(${room}_test ${ARG_TESTS})
    target_link_libraries(${room}_test PRIVATE ${target} ${ARG_TEST_DEPENDS}
                          GTest::gtest GTest::gmock GTest::gtest_main)
    if(ARG_PRECOMPILE)
      target_precompile_headers(${room}_test REUSE_FROM ${target})
    endif()
    add_test(NAME ${room} COMMAND ${room}_test)
    set_tests_properties(${room} PROPERTIES TIMEOUT 300)
  endif()
endfunction()
