// The menu "Add rule" of the alert node: the rules that are ready, by what they are about, and one's own.
(function () {
  if (RED.brokerage?.alertReady) return;

  const GROUPS = ['account', 'positions', 'orders', 'connection'];

  /**
   * @param button opens and closes the menu
   * @param panel where it opens
   * @param has whether the list has a rule with this id
   * @param words the catalogue of the dialog
   * @param onChoose called with a ready rule, or with null for one's own
   * @returns fill(ready), close()
   */
  function alertReady({ button, has, onChoose, panel, words }) {
    let ready = [];
    panel.attr({ role: 'region', 'aria-label': words('add') }).hide();
    button.attr({ 'aria-expanded': 'false', 'aria-controls': panel.attr('id') });
    button.on('click', () => (panel.is(':visible') ? close() : open()));
    panel.on('keydown', (event) => {
      if (['ArrowDown', 'ArrowUp'].includes(event.key)) {
        const choices = panel.find('button').toArray();
        const at = choices.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1);
        $(choices.at(at % choices.length)).trigger('focus');
        event.preventDefault();
      }
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      close();
      button.trigger('focus');
    });

    function open() {
      draw();
      panel.show();
      button.attr('aria-expanded', 'true');
      panel.find('button').first().trigger('focus');
    }

    function close() {
      panel.hide();
      button.attr('aria-expanded', 'false');
    }

    function draw() {
      panel.empty();
      const own = { sentence: words('own'), explanation: words('ownHint') };
      panel.append(choice(own, 'fa-pencil-square-o').on('click', () => choose(null)));
      for (const group of GROUPS) {
        const members = ready.filter((one) => one.group === group);
        if (members.length === 0) continue;
        panel.append($('<h5></h5>').text(words('group.' + group)));
        for (const one of members) panel.append(choice(one, 'fa-plus').on('click', () => choose(one)));
      }
    }

    function choice({ explanation, rule, sentence }, icon) {
      const isListed = rule !== undefined && has(rule.id);
      return $('<button type="button" class="alert-choice"></button>').append(
        $('<i class="fa fa-fw" aria-hidden="true"></i>').addClass(isListed ? 'fa-check' : icon),
        $('<span></span>').append(
          $('<b></b>').text(sentence),
          $('<small></small>').text((isListed ? words('listed') + ' ' : '') + (explanation || '')),
        ),
      );
    }

    function choose(one) {
      close();
      onChoose(one);
    }

    return {
      fill: (known) => {
        ready = known;
        if (panel.is(':visible')) draw();
      },
      close,
    };
  }

  RED.brokerage = { ...RED.brokerage, alertReady };
})();
