try { [].tail() } catch (e) { println e.class.name + ': ' + e.message }
try { [].head() } catch (e) { println e.class.name + ': ' + e.message }
try { [].init() } catch (e) { println e.class.name + ': ' + e.message }
