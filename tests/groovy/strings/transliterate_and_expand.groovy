println 'hello'.tr('el', 'ip')
println 'hello'.tr('a-y', 'b-z')
println 'a\tb'.expand(4)
println 'a   b'.unexpand(4)
