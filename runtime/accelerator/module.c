/* The module `_accelerator`: `accelerated(function)` gives the twin of a function. */

#include "twins.h"

#define ROW(module, name, function)                                                             \
    {                                                                                           \
        "wfc_runtime." module,                                                                  \
        {name, (PyCFunction)(void (*)(void))function, METH_FASTCALL | METH_KEYWORDS, NULL}      \
    }

/* By the module and the name of the reference. */
static struct {
    const char *module;
    PyMethodDef method;
} twins[] = {
    ROW("operators", "add", add),
    ROW("operators", "sub", sub),
    ROW("operators", "mul", mul),
    ROW("operators", "div", division),
    ROW("operators", "floordiv", floordiv),
    ROW("operators", "mod", mod),
    ROW("operators", "neg", neg),
    ROW("operators", "lt", lt),
    ROW("operators", "le", le),
    ROW("operators", "gt", gt),
    ROW("operators", "ge", ge),
    ROW("operators", "ne", ne),
    ROW("operators", "is_in", is_in),
    ROW("operators", "truth", truth),
    ROW("operators", "item", item),
    ROW("operators", "put", put),
    ROW("operators", "key", key),
    ROW("operators", "each", each),
    ROW("conversions", "string", string),
    ROW("conversions", "length", length),
    ROW("conversions", "default", default_),
    ROW("conversions", "keys", keys),
    ROW("stdlib.map", "get", get),
    ROW("stdlib.list", "concat", concat),
    ROW("stdlib.math", "max", maximum),
    ROW("stdlib.math", "min", minimum),
    ROW("stdlib.arguments", "text", text),
    ROW("stdlib.arguments", "integer", integer),
    ROW("stdlib.arguments", "number", number),
    ROW("stdlib.text", "split", split),
    ROW("stdlib.text", "replace_all", replace_all),
    ROW("stdlib.text", "substring", substring),
    ROW("stdlib.text", "find_all", find_all),
    ROW("stdlib.text", "to_lower", to_lower),
    ROW("stdlib.text", "to_upper", to_upper),
    ROW("values", "copy", copy),
    ROW("values", "equal", equal),
    ROW("values", "_argument", plain),
    ROW("values", "deeper_than", deeper_than),
    ROW("jsontext", "_compact", compact),
    ROW("jsontext", "check", check),
    ROW("jsontext", "_integer", read_integer),
    ROW("jsontext", "_double", read_double),
};

TWIN(refer)
{
    PyObject *result = NULL, *keywords = NULL;
    PyObject *positional = PyTuple_New(count);
    if (positional == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyTuple_SetItem(positional, i, Py_NewRef(args[i]));
    }
    if (names != NULL) {
        keywords = PyDict_New();
        if (keywords == NULL) {
            goto done;
        }
        for (Py_ssize_t i = 0; i < PyTuple_Size(names); i++) {
            if (PyDict_SetItem(keywords, PyTuple_GetItem(names, i), args[count + i]) < 0) {
                goto done;
            }
        }
    }
    result = PyObject_Call(reference, positional, keywords);
done:
    Py_XDECREF(keywords);
    Py_DECREF(positional);
    return result;
}

/* The twin of a function of this module and name, with the function as its reference; the function
itself where the runtime's files are newer and there is none yet. */
static PyObject *
twin_of(PyObject *function, PyObject *module, PyObject *name)
{
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
        if (PyUnicode_CompareWithASCIIString(module, twins[i].module) == 0
            && PyUnicode_CompareWithASCIIString(name, twins[i].method.ml_name) == 0) {
            return PyCFunction_NewEx(&twins[i].method, function, module);
        }
    }
    return Py_NewRef(function);
}

static PyObject *
accelerated(PyObject *self, PyObject *function)
{
    PyObject *result = NULL;
    PyObject *module = PyObject_GetAttrString(function, "__module__");
    PyObject *name = module == NULL ? NULL : PyObject_GetAttrString(function, "__name__");
    if (name != NULL) {
        result = twin_of(function, module, name);
    }
    Py_XDECREF(name);
    Py_XDECREF(module);
    return result;
}

static PyMethodDef functions[] = {
    {"accelerated", accelerated, METH_O,
     "accelerated($module, function, /)\n--\n\nThe compiled twin of a function of the runtime."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}}; /* for an initialization in phases */

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "wfc_runtime._accelerator",
    .m_doc = "Compiled twins of the runtime's hot functions; see wfc_runtime/accelerator.py.",
    .m_methods = functions,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__accelerator(void)
{
    prepare_arithmetic();
    return PyModuleDef_Init(&definition);
}
