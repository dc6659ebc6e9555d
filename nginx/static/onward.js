// The page goes on by itself once all its frames have loaded. One that hangs is not waited for.
setTimeout(() => location.replace(document.getElementById("onward").href), 5000);
