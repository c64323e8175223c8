#!/usr/bin/env groovy
// a comment
/* another
   one */
println 'a' /* inside */ + 'b' // end
/** documentation */
def f() { 'c' }
println f()
