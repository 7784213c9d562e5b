package planfile

// help is the template's page « Aide », one line a row.
const help = `
Feuille « Projets » : une ligne par projet. L'ordre des colonnes est libre ; les autres colonnes ne sont pas lues.
Code : court et sans espace, comme EAU-01. Gardez toujours le même pour le même projet. Sans code, un projet est reconnu à son intitulé et son village.
Intitulé : 30 lettres au plus, pour tenir sur un téléphone. Si vos intitulés sont longs, ajoutez une colonne « Titre court ».
Intitulé (bambara) : s'il manque, l'intitulé français est montré. Écrivez = pour garder le français sans avertissement.
Secteur, Village : le village a 20 lettres au plus. Une cellule fusionnée vaut pour toutes ses lignes.
Commune : nom ou code à 8 chiffres ; vide si le projet est pour tout le périmètre du plan.
Coût : en francs, comme 1 250 000, ou 12,5 millions. Si la colonne est en milliers ou en millions, dites-le dans l'en-tête.
Financement : séparez par un point-virgule : commune ; État ; diaspora.
Statut : choisissez dans la liste. Un changement de statut est noté à la date de l'import.
Échéance : 31/12/2026, décembre 2026, T4 2026 ou 2026.
Observations : gardée avec un changement de statut.
Une cellule vide ne change rien au projet déjà enregistré. Un tiret (-) vide la commune, le financement ou l'échéance.
Importer ne retire jamais un projet : donnez-lui le statut « abandonné ».
Les lignes de total et la ligne d'exemple sont sautées.
Feuille « Plan » : un champ par ligne. Sans elle, vos projets entrent dans le plan déjà enregistré.
Périmètre, Lieu, Population : une cellule par valeur. Lieu : code, nom, autres noms. Population : code, habitants, plus de 15 ans, source, année.
Autorité : conseil_communal, delegation_speciale ou autorite_interimaire.
Phase : information, propositions, priorisation, programmation, execution ou evaluation.
Les consultations ne s'écrivent pas ici ; celles du plan restent.
`
