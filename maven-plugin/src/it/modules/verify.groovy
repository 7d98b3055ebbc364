// On the module path: the model's class is visible to its own module alone, and found all the same.
def log = new File(basedir, 'build.log').text
assert log.contains('compiled com.example.Extremes')
assert log.contains('left out Wide: `width` must be given')
assert !log.readLines().any { it.contains('WARNING') && it.contains('nn-maven-plugin') } // it is thread-safe
def jdk = log =~ /JDK\[(.+?)]/
assert jdk.find()
def runtime
new File(localRepositoryPath, 'org/nnlang/nnlang-runtime').eachFileRecurse {
    if (it.name ==~ /nnlang-runtime-[\d.]+(-SNAPSHOT)?\.jar/) {
        runtime = it
    }
}
def run = [jdk.group(1) + '/bin/java', '-p', "$basedir/models/target/classes:$basedir/app/target/classes:$runtime", '-m',
        'com.example.app/com.example.app.App'].execute()
def out = new StringBuilder(), err = new StringBuilder()
run.waitForProcessOutput(out, err)
assert out.toString() == 'f32[2] {10.0, 40.0} f32[2] {30.0, 60.0}\n' : "$out $err"
