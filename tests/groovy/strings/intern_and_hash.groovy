println 'hello'.hashCode()
println ''.hashCode()
println 'Windlass'.hashCode()
println '中文'.hashCode()
println 'hello'.intern() == 'hello'
println Math.abs('my-job-name'.hashCode()) % 1000
println 'feature/a'.hashCode().abs().toString().take(5)
