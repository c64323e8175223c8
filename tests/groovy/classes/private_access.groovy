class Pr {
    private int hidden = 1
    private def secret() { 'secret' }
    def peek(Pr other) { other.hidden }
}
println new Pr().hidden
println new Pr().secret()
println new Pr().peek(new Pr())
