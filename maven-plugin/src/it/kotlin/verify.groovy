// Kotlin sees the model's class, and what of it can't be null.
def log = new File(basedir, 'build.log').text
assert log.contains('compiled com.example.Extremes')
def jdk = log =~ /JDK\[(.+?)]/
assert jdk.find()
def jars = []
['org/nnlang/nnlang-runtime', 'org/jetbrains/kotlin/kotlin-stdlib'].each { folder ->
    new File(localRepositoryPath, folder).eachFileRecurse {
        if (it.name ==~ /(nnlang-runtime|kotlin-stdlib)-[\d.]+(-SNAPSHOT)?\.jar/) {
            jars << it
        }
    }
}
def run = [jdk.group(1) + '/bin/java', '-cp', "$basedir/target/kotlin-app-1.jar:${jars.join(':')}", 'com.example.AppKt'].execute()
def out = new StringBuilder(), err = new StringBuilder()
run.waitForProcessOutput(out, err)
assert out.toString() == 'f32[2] {1.0, 3.0} f32[2] {4.0, 6.0}\n' : "$out $err"
