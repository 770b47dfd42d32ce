# torch.py - the few names of torch that transformers_subject.py uses, for a test of
# its protocol where torch is absent

import contextlib

float32, bfloat16, float16 = 'float32', 'bfloat16', 'float16'

inference_mode = contextlib.nullcontext


class Tensor:
    """Nested lists"""

    def __init__(self, rows):
        self.rows = rows

    def __getitem__(self, at):
        rows = self.rows
        for i in at if isinstance(at, tuple) else (at,):
            rows = rows[i]
        return Tensor(rows)

    def float(self):
        return self

    def tolist(self):
        return self.rows


def tensor(rows):
    return Tensor(rows)


class Module:
    """Members that are modules lie in _modules, which a shallow copy shares"""

    def __init__(self):
        self.__dict__['_modules'] = {}
        self.__dict__['_forward_pre_hooks'] = {}

    def __setattr__(self, name, value):
        if isinstance(value, Module):
            self._modules[name] = value
        else:
            self.__dict__[name] = value

    def __getattr__(self, name):
        if name in self.__dict__.get('_modules', {}):
            return self._modules[name]
        raise AttributeError(name)

    def __call__(self, *arguments, **named):
        for hook in list(self._forward_pre_hooks.values()):
            hook(self, arguments)
        return self.forward(*arguments, **named)

    def register_forward_pre_hook(self, hook):
        hooks = self._forward_pre_hooks
        hooks[id(hook)] = hook

        class Handle:
            def remove(self):
                del hooks[id(hook)]
        return Handle()

    def eval(self):
        return self


class nn:
    Module = Module

    class ModuleList(Module):
        def __init__(self, modules):
            super().__init__()
            for n, module in enumerate(modules):
                self._modules[str(n)] = module

        def __iter__(self):
            return iter(self._modules.values())

        def __getitem__(self, at):
            return nn.ModuleList(list(self)[at])
