'a1b22'.eachMatch(/\d+/) { println it }
'k1=v1;k2=v2'.eachMatch(/(\w+)=(\w+)/) { println it }
'k1=v1;k2=v2'.eachMatch(/(\w+)=(\w+)/) { all, k, v -> println "$k -> $v" }
